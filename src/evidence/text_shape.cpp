#include "evidence/text_shape.hpp"

#include <algorithm>

#include "evidence/inflate.hpp"
#include "evidence/outline.hpp"
#include "evidence/text.hpp"

namespace clawback::evidence {
namespace {

constexpr std::size_t lines_tried = 64;
constexpr std::string_view blanks = " \t\r\n";

bool is_complete_object(std::string_view text) {
  const auto outline = outline_object({.text = text, .line = 1});
  return outline && outline->rest.find_first_not_of(blanks) == std::string_view::npos;
}

// A cell of a table may hold lines that look like objects.
bool is_heading(std::string_view line) {
  return line.find("AuditData") != std::string_view::npos ||
         line.find("TimeGenerated") != std::string_view::npos;
}

bool has_object_lines(std::string_view text, bool whole) {
  if (whole && is_complete_object(text)) return false;
  for (std::size_t lines = 0; lines < lines_tried; ++lines) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (text.empty() || (end == text.size() && !whole)) return false;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    if (line.front() != '{') {
      if (is_heading(line)) return false;
      continue;
    }
    if (!is_complete_object(line)) continue;
    // Within one JSON text a comma or bracket has to follow.
    const std::size_t next = text.find_first_not_of(blanks);
    if (next == std::string_view::npos
            ? (whole || lines == 0)
            : std::string_view(",]}").find(text[next]) == std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

TextShape shape_of(std::string_view text, bool whole) {
  if (is_utf16(text) || text.starts_with(gzip_magic)) return TextShape::whole;
  if (text.starts_with(utf8_bom)) text.remove_prefix(utf8_bom.size());
  const std::size_t start = text.find_first_not_of(blanks);
  if (start == std::string_view::npos || text[start] == '[') return TextShape::whole;
  if (has_object_lines(text, whole)) return TextShape::lines;
  return text[start] == '{' ? TextShape::whole : TextShape::table;
}

}  // namespace clawback::evidence
