#include <fmt/format.h>

#include "base/safe_text.hpp"
#include "report/model.hpp"

namespace clawback::report {
namespace {

std::size_t sequence_length(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
}

char32_t decoded(std::string_view sequence) {
  char32_t point = static_cast<unsigned char>(sequence.front()) & (0xFFu >> (sequence.size() + 1));
  for (const char c : sequence.substr(1)) {
    point = (point << 6u) | (static_cast<unsigned char>(c) & 0x3Fu);
  }
  return point;
}

void append_escape(std::string& out, char32_t point) {
  if (point < 0x10000) {
    out += fmt::format("\\u{:04x}", static_cast<unsigned>(point));
    return;
  }
  const auto rest = static_cast<unsigned>(point) - 0x10000;
  out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (rest >> 10u), 0xDC00 + (rest & 0x3FFu));
}

}  // namespace

std::string harmless_json(std::string_view json) {
  const std::string text = valid_utf8(json);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text[at]);
    const std::string_view sequence = std::string_view(text).substr(at, length);
    at += length;
    if (length == 1) {
      // The writer escapes the controls below a blank; DEL is the one that is left.
      if (sequence.front() == 0x7F) {
        out += "\\u007f";
      } else {
        out += sequence;
      }
    } else if (printable(sequence) == sequence) {
      out += sequence;
    } else {
      append_escape(out, decoded(sequence));
    }
  }
  return out;
}

std::string json_text(const json::value& value) { return harmless_json(pretty_json(value)); }
std::string json_line(const json::value& value) {
  return harmless_json(compact_json(value)) + "\n";
}

}  // namespace clawback::report
