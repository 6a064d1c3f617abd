#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// The little of ICU that names need. ICU's C functions, its data for every locale alike. Code
// points in, code points out; what ICU refuses stays as it is.
namespace clawback::detect {

using Text = std::u32string;

inline constexpr std::size_t name_points_max = 256;

// At most name_points_max of it; a byte that is no UTF-8 becomes U+FFFD.
Text decode(std::string_view name);
void append_utf8(std::string& out, char32_t point);

Text composed(const Text& text);     // NFC
Text decomposed(const Text& text);   // NFD
Text case_folded(const Text& text);  // NFKC_Casefold
// What each character looks like (UTS 39 skeleton). Unchanged without ICU's data.
Text prototype(const Text& text);
bool knows_look_alikes();

inline bool is_ascii(char32_t c) { return c < 0x80; }
inline char32_t lower_ascii(char32_t c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
inline bool is_ascii_alnum(char32_t c) {
  const char32_t low = lower_ascii(c);
  return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9');
}
bool is_ascii(std::string_view text);
bool is_ascii(const Text& text);

bool is_mark(char32_t c);    // that sits on another character
bool is_hidden(char32_t c);  // category Cf, and what is not shown by default
bool is_alnum(char32_t c);   // letter or digit of any script
bool is_word_part(char32_t c);
bool is_capital(char32_t c);
char32_t lower(char32_t c);

}  // namespace clawback::detect
