#include "detect/unicode.hpp"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>

namespace clawback::detect {
namespace {

std::u16string to_utf16(const Text& text) {
  std::u16string out;
  for (const char32_t point : text) {
    if (point < 0x10000) {
      out += static_cast<char16_t>(point);
    } else {
      out += static_cast<char16_t>(U16_LEAD(point));
      out += static_cast<char16_t>(U16_TRAIL(point));
    }
  }
  return out;
}

Text from_utf16(const std::u16string& text) {
  Text out;
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    UChar32 point = 0;
    U16_NEXT(text.data(), at, size, point);
    out += static_cast<char32_t>(point);
  }
  return out;
}

// One code point may become 18 in NFKC, and its prototype more.
constexpr std::size_t growth = 20;

// Calls one of ICU's functions that write into a buffer. On an error the text stays as it is.
template <class Call>
Text through_icu(const Text& text, const Call& call) {
  const std::u16string from = to_utf16(text);
  std::u16string to(from.size() * growth + 16, u'\0');
  UErrorCode status = U_ZERO_ERROR;
  const std::int32_t size = call(from.data(), static_cast<std::int32_t>(from.size()), to.data(),
                                 static_cast<std::int32_t>(to.size()), &status);
  if (U_FAILURE(status) != 0 || size < 0 || static_cast<std::size_t>(size) > to.size()) return text;
  to.resize(static_cast<std::size_t>(size));
  return from_utf16(to);
}

Text normalised(const Text& text, const UNormalizer2* form) {
  if (form == nullptr) return text;
  return through_icu(text, [form](const char16_t* from, std::int32_t size, char16_t* to,
                                  std::int32_t room, UErrorCode* status) {
    return unorm2_normalize(form, from, size, to, room, status);
  });
}

// Opened once; it is never changed, and ICU lets any thread ask it.
const USpoofChecker* checker() {
  static const USpoofChecker* const opened = [] {
    UErrorCode status = U_ZERO_ERROR;
    const USpoofChecker* made = uspoof_open(&status);
    return U_FAILURE(status) != 0 ? nullptr : made;
  }();
  return opened;
}

}  // namespace

Text decode(std::string_view name) {
  name = name.substr(0, name_points_max * 4);  // of UTF-8
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(name.data());
  const auto size = static_cast<std::int32_t>(name.size());
  Text out;
  for (std::int32_t at = 0; at < size && out.size() < name_points_max;) {
    UChar32 point = 0;
    // NOLINTNEXTLINE(bugprone-inc-dec-in-conditions): ICU's macro
    U8_NEXT(bytes, at, size, point);
    out += static_cast<char32_t>(point < 0 ? 0xFFFD : point);
  }
  return out;
}

void append_utf8(std::string& out, char32_t point) {
  std::array<std::uint8_t, 4> bytes{};
  std::int32_t size = 0;
  U8_APPEND_UNSAFE(bytes.data(), size, point);
  for (std::int32_t i = 0; i < size; ++i)
    out += static_cast<char>(bytes[static_cast<std::size_t>(i)]);
}

Text composed(const Text& text) {
  UErrorCode status = U_ZERO_ERROR;
  return normalised(text, unorm2_getNFCInstance(&status));
}

Text case_folded(const Text& text) {
  UErrorCode status = U_ZERO_ERROR;
  return normalised(text, unorm2_getNFKCCasefoldInstance(&status));
}

Text decomposed(const Text& text) {
  UErrorCode status = U_ZERO_ERROR;
  return normalised(text, unorm2_getNFDInstance(&status));
}

bool knows_look_alikes() { return checker() != nullptr; }

Text prototype(const Text& text) {
  if (checker() == nullptr) return text;
  return through_icu(text, [](const char16_t* from, std::int32_t size, char16_t* to,
                              std::int32_t room, UErrorCode* status) {
    return uspoof_getSkeleton(checker(), 0, from, size, to, room, status);
  });
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}
bool is_ascii(const Text& text) {
  return std::all_of(text.begin(), text.end(), [](char32_t c) { return is_ascii(c); });
}

bool is_mark(char32_t c) {
  const auto type = u_charType(static_cast<UChar32>(c));
  return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK;
}
bool is_hidden(char32_t c) {
  if (is_ascii(c)) return false;
  return u_charType(static_cast<UChar32>(c)) == U_FORMAT_CHAR ||
         u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}
bool is_alnum(char32_t c) {
  if (is_ascii(c)) return is_ascii_alnum(c);
  return u_isalnum(static_cast<UChar32>(c)) != 0 || u_isUAlphabetic(static_cast<UChar32>(c)) != 0;
}
bool is_word_part(char32_t c) {
  if (is_ascii(c)) return is_ascii_alnum(c);
  return is_alnum(c) || is_hidden(c) || is_mark(c) ||
         u_charType(static_cast<UChar32>(c)) == U_COMBINING_SPACING_MARK;
}

bool is_capital(char32_t c) { return u_isUUppercase(static_cast<UChar32>(c)) != 0; }

char32_t lower(char32_t c) {
  return is_ascii(c) ? lower_ascii(c)
                     : static_cast<char32_t>(u_foldCase(static_cast<UChar32>(c), 0));
}

}  // namespace clawback::detect
