#include "report/markdown_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/export_parts.hpp"

namespace clawback::report {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Nothing but words of ASCII and the punctuation between them. A dot or colon inside a word is none
// of it (a domain, a scheme, an emoji's name), nor is what begins a list or a heading.
bool only_words(std::string_view text) {
  if (text.empty() || !is_word(text.front())) return false;
  // "1." and "1)" at the start of a line begin a list.
  if (const auto mark = text.find_first_not_of("0123456789");
      mark != 0 && mark != std::string_view::npos && (text[mark] == '.' || text[mark] == ')')) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool ends_word = i + 1 == text.size() || text[i + 1] == ' ';
    if (is_word(c) || c == ' ' || c == ';' || c == ',' || c == '(' || c == ')') continue;
    if (c == '-' && i > 0 && is_word(text[i - 1])) continue;
    if ((c == '.' || c == ':') && ends_word) continue;
    return false;
  }
  return true;
}

}  // namespace

std::string code_span(std::string_view text) {
  std::string inside;
  for (const char c : sentence(text)) {
    inside += c == '`' ? std::string("<U+0060>") : std::string(1, c);
  }
  // Blanks alone, or at both ends, would be taken off.
  if (inside.find_first_not_of(' ') == std::string::npos) inside = "(blank)";
  return "`" + inside + "`";
}

std::string prose(std::string_view text) {
  const std::string shown = sentence(text);
  if (shown.empty()) return {};
  return only_words(shown) ? shown : code_span(shown);
}

std::string fact_line(std::string_view label, std::string_view value) {
  return value.empty() ? std::string() : fmt::format("- **{}:** {}\n", label, value);
}

}  // namespace clawback::report
