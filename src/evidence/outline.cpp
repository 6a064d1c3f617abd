#include "evidence/outline.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

namespace clawback::evidence {
namespace {

constexpr std::size_t depth_max = 64;

class Cursor {
 public:
  explicit Cursor(Slice slice) : text_(slice.text), line_(slice.line) {}

  [[nodiscard]] std::uint32_t line() const { return line_; }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

  bool take(char wanted) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  std::optional<Slice> take_string() {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != '"') return std::nullopt;
    const std::size_t start = at_;
    if (!pass_string()) return std::nullopt;
    return Slice{.text = text_.substr(start, at_ - start), .line = line_};
  }

  std::optional<Slice> take_value() {
    skip_blanks();
    const std::size_t start = at_;
    const std::uint32_t line = line_;
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (depth == 0 && (c == ',' || c == ']' || c == '}')) break;
      if (c == '"') {
        if (!pass_string()) return std::nullopt;
        continue;
      }
      if (c == '\n') ++line_;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      if (depth > depth_max) return std::nullopt;
      ++at_;
    }
    if (at_ == text_.size() || at_ == start) return std::nullopt;
    return Slice{.text = trimmed(text_.substr(start, at_ - start)), .line = line};
  }

  [[nodiscard]] Error broken() const {
    const std::size_t before = text_.substr(0, at_).rfind('\n');
    const std::size_t column = before == std::string_view::npos ? at_ : at_ - before - 1;
    const bool cut = at_ >= text_.size();
    return Error{
        .code = Errc::invalid,
        .message = cut ? "not JSON, or cut off" : "not JSON, or nested too deep",
        .hint = {},
        .position =
            Position{.file = {}, .line = line_, .column = static_cast<std::uint32_t>(column + 1)},
        .details = {}};
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return;
      ++at_;
    }
  }

  bool pass_string() {
    for (++at_; at_ < text_.size(); ++at_) {
      at_ = std::min(text_.find_first_of("\"\\\n", at_), text_.size());
      if (at_ == text_.size()) return false;
      if (text_[at_] == '\n') return false;  // a line end never stands raw in a JSON string
      if (text_[at_] == '"') {
        ++at_;
        return true;
      }
      ++at_;
    }
    return false;
  }

  static std::string_view trimmed(std::string_view text) {
    const std::size_t last = text.find_last_not_of(" \t\r\n");
    return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_;
};

}  // namespace

Result<Outline> outline_object(Slice object) {
  Cursor cursor(object);
  Outline out;
  if (!cursor.take('{')) return cursor.broken();
  if (cursor.take('}')) {
    out.rest = cursor.rest();
    return out;
  }
  do {
    const auto token = cursor.take_string();
    if (!token || !cursor.take(':')) return cursor.broken();
    boost::system::error_code ec;
    const auto key = boost::json::parse(token->text, ec);
    if (ec || !key.is_string()) return cursor.broken();
    const auto value = cursor.take_value();
    if (!value) return cursor.broken();
    out.members.push_back({.key = std::string(key.get_string()), .value = *value});
  } while (cursor.take(','));
  if (!cursor.take('}')) return cursor.broken();
  out.rest = cursor.rest();
  return out;
}

Result<Outline> outline_array(Slice array) {
  Cursor cursor(array);
  Outline out;
  if (!cursor.take('[')) return cursor.broken();
  if (cursor.take(']')) {
    out.rest = cursor.rest();
    return out;
  }
  do {
    const auto value = cursor.take_value();
    if (!value) return cursor.broken();
    out.items.push_back(*value);
  } while (cursor.take(','));
  if (!cursor.take(']')) return cursor.broken();
  out.rest = cursor.rest();
  return out;
}

}  // namespace clawback::evidence
