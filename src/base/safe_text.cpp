#include "base/safe_text.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace clawback {
namespace {

constexpr char32_t replacement = 0xFFFD;

// Decodes one code point and moves on; a byte that starts none gives U+FFFD and is skipped alone.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(at);
  if (first < 0x80) {
    ++at;
    return first;
  }
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  static constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (first < 0xC2 || first > 0xF4 || at + length > text.size()) {
    ++at;
    return replacement;
  }
  char32_t point = first & (0xFFu >> (length + 1));
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(at + k) & 0xC0u) != 0x80u) {
      ++at;
      return replacement;
    }
    point = (point << 6u) | (byte(at + k) & 0x3Fu);
  }
  if (point < least[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
    ++at;
    return replacement;
  }
  at += length;
  return point;
}

void append(std::string& out, char32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0u | (point >> 6u));
    out += static_cast<char>(0x80u | (point & 0x3Fu));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0u | (point >> 12u));
    out += static_cast<char>(0x80u | ((point >> 6u) & 0x3Fu));
    out += static_cast<char>(0x80u | (point & 0x3Fu));
  } else {
    out += static_cast<char>(0xF0u | (point >> 18u));
    out += static_cast<char>(0x80u | ((point >> 12u) & 0x3Fu));
    out += static_cast<char>(0x80u | ((point >> 6u) & 0x3Fu));
    out += static_cast<char>(0x80u | (point & 0x3Fu));
  }
}

// Controls, and what changes or hides the text around it: bidirectional controls, zero-width and
// invisible format characters, variation selectors, tags, line separators, fillers.
bool is_invisible(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x34F || c == 0x61C ||
         c == 0x115F || c == 0x1160 || c == 0x17B4 || c == 0x17B5 || (c >= 0x180B && c <= 0x180F) ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0x3164 || (c >= 0xFE00 && c <= 0xFE0F) ||
         (c >= 0xFDD0 && c <= 0xFDEF) || c == 0xFEFF || c == 0xFFA0 ||
         (c >= 0xFFF0 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF) || (c & 0xFFFEu) == 0xFFFEu;
}

bool is_combining(char32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x483 && c <= 0x489) || (c >= 0x1AB0 && c <= 0x1AFF) ||
         (c >= 0x1DC0 && c <= 0x1DFF) || (c >= 0x20D0 && c <= 0x20FF) ||
         (c >= 0xFE20 && c <= 0xFE2F);
}

// Stacks of combining marks paint over neighbouring lines; three are more than any script needs.
constexpr int marks_max = 3;

bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
         (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1F64F) ||
         (c >= 0x1F900 && c <= 0x1F9FF) || (c >= 0x20000 && c <= 0x3FFFD);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) append(out, next_code_point(text, at));
  return out;
}

std::string printable(std::string_view text, std::size_t columns_max) {
  std::string out;
  std::size_t count = 0;
  int combining = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (count++ >= columns_max) return out + "…";
    const char32_t point = next_code_point(text, at);
    combining = is_combining(point) ? combining + 1 : 0;
    if (is_invisible(point) || combining > marks_max) {
      out += fmt::format("<U+{:04X}>", static_cast<std::uint32_t>(point));
    } else {
      append(out, point);
    }
  }
  return out;
}

std::string html_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  int combining = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t point = next_code_point(text, at);
    combining = is_combining(point) ? combining + 1 : 0;
    switch (point) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (is_invisible(point) || combining > marks_max) {
          out += fmt::format("&lt;U+{:04X}&gt;", static_cast<std::uint32_t>(point));
        } else {
          append(out, point);
        }
    }
  }
  return out;
}

namespace {

// Also behind blanks, which some spreadsheets drop, and in their full-width forms, which some take
// for the same (OWASP, CSV Injection).
bool begins_a_formula(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t point = next_code_point(text, at);
    if (point == ' ' || point == 0xA0 || point == 0x3000) continue;
    return point == '=' || point == '+' || point == '-' || point == '@' || point == 0xFF1D ||
           point == 0xFF0B || point == 0xFF0D || point == 0xFF20;
  }
  return false;
}

}  // namespace

std::string csv_field(std::string_view text) {
  std::string out = "\"";
  const std::string clean = printable(text, text.size());
  if (begins_a_formula(clean)) out += '\'';
  for (std::size_t i = 0; i < clean.size(); ++i) {
    if (clean[i] == '"') out += '"';
    out += clean[i];
    // Where the list separator is a semicolon (most of Europe), what follows one is a cell of its
    // own: the quotes do not begin a cell there.
    const std::string_view rest = std::string_view(clean).substr(i + 1);
    if (clean[i] != ';' || !begins_a_formula(rest)) continue;
    const std::size_t blanks = std::min(rest.find_first_not_of(' '), rest.size());
    out += rest.substr(0, blanks);
    out += '\'';
    i += blanks;
  }
  return out + '"';
}

std::string percent_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<std::uint8_t>(c));
    }
  }
  return out;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out.push_back(' ');
    } else if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
      if (low < 0) return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    const char32_t point = next_code_point(utf8, at);
    if (!is_combining(point)) width += is_wide(point) ? 2 : 1;
  }
  return width;
}

}  // namespace clawback
