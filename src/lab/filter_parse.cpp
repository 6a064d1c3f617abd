#include <algorithm>
#include <array>
#include <cctype>

#include "base/digest.hpp"
#include "lab/filter.hpp"

namespace clawback::lab {
namespace {

constexpr int depth_max = 12;
constexpr std::size_t terms_max = 64;

struct Operator {
  std::string_view word;
  FilterOp op;
};
constexpr std::array<Operator, 7> operators = {{{"eq", FilterOp::eq},
                                                {"ne", FilterOp::ne},
                                                {"ge", FilterOp::ge},
                                                {"gt", FilterOp::gt},
                                                {"le", FilterOp::le},
                                                {"lt", FilterOp::lt},
                                                {"in", FilterOp::in}}};

class FilterParser {
 public:
  explicit FilterParser(std::string_view text) : rest_(text) {}

  Parsed<Filter> whole() {
    auto filter = either(0);
    blanks();
    if (filter && !rest_.empty()) return wrong();
    return filter;
  }

 private:
  static std::unexpected<Refusal> wrong() {
    return refuse(400, "BadRequest", "Invalid filter clause");
  }

  void blanks() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }
  bool symbol(char c) {
    blanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view peek_word() {
    blanks();
    std::size_t end = 0;
    while (end < rest_.size() && rest_[end] != ' ' && rest_[end] != '(' && rest_[end] != ')' &&
           rest_[end] != ',' && rest_[end] != '\'') {
      ++end;
    }
    return rest_.substr(0, end);
  }
  bool word(std::string_view expected) {
    const std::string_view next = peek_word();
    if (to_lower(next) != expected) return false;
    rest_.remove_prefix(next.size());
    return true;
  }

  Parsed<Filter> joined(Filter::Kind kind, int depth) {
    const bool is_or = kind == Filter::Kind::either;
    auto first = is_or ? both(depth) : single(depth);
    if (!first || !word(is_or ? "or" : "and")) return first;
    Filter filter{.kind = kind};
    filter.parts.push_back(*std::move(first));
    do {
      auto next = is_or ? both(depth) : single(depth);
      if (!next) return next;
      filter.parts.push_back(*std::move(next));
    } while (word(is_or ? "or" : "and"));
    return filter;
  }
  Parsed<Filter> either(int depth) { return joined(Filter::Kind::either, depth); }
  Parsed<Filter> both(int depth) { return joined(Filter::Kind::both, depth); }

  Parsed<Filter> single(int depth) {
    if (depth > depth_max || ++terms_ > terms_max) return wrong();
    if (symbol('(')) {
      auto inner = either(depth + 1);
      if (inner && !symbol(')')) return wrong();
      return inner;
    }
    if (word("not")) {
      auto inner = single(depth + 1);
      if (!inner) return inner;
      Filter filter{.kind = Filter::Kind::negation};
      filter.parts.push_back(*std::move(inner));
      return filter;
    }
    const std::string path(peek_word());
    if (path.empty()) return wrong();
    rest_.remove_prefix(path.size());
    const std::string lower = to_lower(path);
    if (lower == "startswith" || lower == "endswith") {
      return function(lower == "startswith" ? FilterOp::starts_with : FilterOp::ends_with);
    }
    if (path.ends_with("/any")) return any(path.substr(0, path.size() - 4), depth);
    return comparison(own(path));
  }

  // Inside any(t: …) the variable is the item: "t/id" is "id", and "t" is "".
  std::string own(const std::string& path) const {
    if (variable_.empty()) return path;
    if (path == variable_) return {};
    if (path.starts_with(variable_ + "/")) return path.substr(variable_.size() + 1);
    return path;
  }

  Parsed<Filter> any(std::string path, int depth) {
    if (!variable_.empty() || !symbol('(')) return wrong();
    const std::size_t colon = rest_.find(':');
    if (colon == std::string_view::npos) return wrong();
    std::string name(rest_.substr(0, colon));
    std::erase(name, ' ');
    const auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    if (name.empty() || !std::ranges::all_of(name, letter)) return wrong();
    rest_.remove_prefix(colon + 1);
    variable_ = name;
    auto inner = either(depth + 1);
    variable_.clear();
    if (!inner) return inner;
    if (!symbol(')')) return wrong();
    Filter filter{.kind = Filter::Kind::any, .path = std::move(path)};
    filter.parts.push_back(*std::move(inner));
    return filter;
  }

  Parsed<Filter> function(FilterOp op) {
    if (!symbol('(')) return wrong();
    const std::string path(peek_word());
    rest_.remove_prefix(path.size());
    if (!symbol(',')) return wrong();
    auto value = literal();
    if (!value || !symbol(')')) return wrong();
    return Filter{.path = own(path), .op = op, .literals = {*std::move(value)}};
  }

  Parsed<Filter> comparison(std::string path) {
    for (const Operator& known : operators) {
      if (!word(known.word)) continue;
      Filter filter{.path = std::move(path), .op = known.op};
      const bool list = known.op == FilterOp::in;
      if (list && !symbol('(')) return wrong();
      do {
        auto value = literal();
        if (!value || filter.literals.size() >= terms_max) return wrong();
        filter.literals.push_back(*std::move(value));
      } while (list && symbol(','));
      if (list && !symbol(')')) return wrong();
      return filter;
    }
    return wrong();
  }

  std::optional<Literal> literal() {
    blanks();
    if (rest_.empty()) return std::nullopt;
    if (rest_.front() == '\'') return text();
    const std::string bare(peek_word());
    if (bare.empty()) return std::nullopt;
    rest_.remove_prefix(bare.size());
    Literal value{.text = bare, .is_null = bare == "null"};
    if (auto time = parse_time(bare)) value.time = *time;
    if (auto date = parse_date(bare)) value.time = *date;
    return value;
  }

  std::optional<Literal> text() {
    rest_.remove_prefix(1);
    Literal value;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] != '\'') {
        value.text.push_back(rest_[i]);
      } else if (i + 1 < rest_.size() && rest_[i + 1] == '\'') {
        value.text.push_back(rest_[i++]);
      } else {
        rest_.remove_prefix(i + 1);
        return value;
      }
    }
    return std::nullopt;
  }

  std::string_view rest_;
  std::string variable_;
  std::size_t terms_ = 0;
};

}  // namespace

Parsed<Filter> parse_filter(std::string_view text) { return FilterParser(text).whole(); }

}  // namespace clawback::lab
