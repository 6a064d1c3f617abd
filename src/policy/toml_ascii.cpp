#include "policy/toml_ascii.hpp"

namespace clawback::policy {
namespace {

constexpr std::string_view bom = "\xef\xbb\xbf";

// How the text at hand is delimited: 0 for none.
struct Quotes {
  char mark = 0;
  bool multi_line = false;
};

bool is_triple(std::string_view rest, char mark) {
  return rest.size() >= 3 && rest[0] == mark && rest[1] == mark && rest[2] == mark;
}

std::size_t length_of_comment(std::string_view rest) {
  const std::size_t end = rest.find('\n');
  return end == std::string_view::npos ? rest.size() : end;
}

// Up to its end, or to where it is broken: what is wrong with it is toml++'s to tell.
std::size_t length_of_string(std::string_view rest) {
  const Quotes quotes{.mark = rest.front(), .multi_line = is_triple(rest, rest.front())};
  std::size_t at = quotes.multi_line ? 3 : 1;
  while (at < rest.size()) {
    const char c = rest[at];
    if (c == '\\' && quotes.mark == '"') {
      at = at + 2 < rest.size() ? at + 2 : rest.size();
      continue;
    }
    if (!quotes.multi_line && c == '\n') return at;
    if (c == quotes.mark && !quotes.multi_line) return at + 1;
    if (c == quotes.mark && is_triple(rest.substr(at), quotes.mark)) {
      // Up to two quotes may stand before the closing three.
      at += 3;
      while (at < rest.size() && rest[at] == quotes.mark) ++at;
      return at;
    }
    ++at;
  }
  return rest.size();
}

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

}  // namespace

std::optional<TextPlace> first_beyond_ascii(std::string_view toml) {
  TextPlace place;
  const auto pass = [&](std::size_t count) {
    for (const char c : toml.substr(0, count)) {
      if (c == '\n') {
        ++place.line;
        place.column = 1;
      } else if (begins_character(c)) {
        ++place.column;
      }
    }
    toml.remove_prefix(count);
  };
  if (toml.starts_with(bom)) toml.remove_prefix(bom.size());
  while (!toml.empty()) {
    const char c = toml.front();
    if (static_cast<unsigned char>(c) >= 0x80U) return place;
    if (c == '#') {
      pass(length_of_comment(toml));
    } else if (c == '"' || c == '\'') {
      pass(length_of_string(toml));
    } else {
      pass(1);
    }
  }
  return std::nullopt;
}

}  // namespace clawback::policy
