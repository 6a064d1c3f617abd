#include <fmt/format.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <vector>

#include "detect/unicode.hpp"
#include "report/words.hpp"

// Which characters of a name mislead. Sources: Unicode 15 (general category, script, decomposition
// type) and UTS 39: prototypes of look-alikes, and scripts that are honestly written together
// ("highly restrictive": Latin with Chinese, Japanese or Korean).
namespace clawback::report {
namespace {

constexpr std::size_t shown_max = 6;

using Scripts = std::vector<UScriptCode>;

UScriptCode script_of(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(static_cast<UChar32>(c), &status);
  if (U_FAILURE(status) != 0) return USCRIPT_COMMON;
  // Chinese, Japanese and Korean write these together, so they are one script here.
  const bool east_asian = script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA ||
                          script == USCRIPT_HANGUL || script == USCRIPT_BOPOMOFO;
  return east_asian ? USCRIPT_HAN : script;
}

bool has_script(UScriptCode script) {
  return script != USCRIPT_COMMON && script != USCRIPT_INHERITED && script != USCRIPT_UNKNOWN;
}

bool has(const Scripts& scripts, UScriptCode script) {
  return std::find(scripts.begin(), scripts.end(), script) != scripts.end();
}

Scripts scripts_of(const detect::Text& text) {
  Scripts out;
  for (const char32_t c : text) {
    const UScriptCode script = script_of(c);
    if (has_script(script) && !has(out, script)) out.push_back(script);
  }
  return out;
}

// Looks exactly like one ASCII character that it is not.
bool imitates_ascii(char32_t c) {
  if (detect::is_ascii(c)) return false;
  const detect::Text seen = detect::prototype(detect::Text(1, c));
  return seen.size() == 1 && detect::is_ascii(seen.front());
}

// Shown as nothing, as something else than itself, or differently by each font.
bool unseen_or_undefined(char32_t c) {
  if (c == 0xFFFD || detect::is_hidden(c)) return true;
  switch (u_charType(static_cast<UChar32>(c))) {
    case U_CONTROL_CHAR:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
    case U_PRIVATE_USE_CHAR:
    case U_SURROGATE:
    case U_UNASSIGNED:
      return true;
    case U_SPACE_SEPARATOR:
      return c != ' ' && c != 0x3000;  // the blank of Chinese and Japanese
    default:
      return false;
  }
}

// A mark that no writing system of the name asks for: what is left after composing.
bool stray_mark(char32_t c, const Scripts& scripts) {
  if (!detect::is_mark(c)) return false;
  const UScriptCode own = script_of(c);
  if (has_script(own)) return !has(scripts, own);
  return std::none_of(scripts.begin(), scripts.end(), [c](UScriptCode script) {
    return script != USCRIPT_LATIN && uscript_hasScript(static_cast<UChar32>(c), script) != 0;
  });
}

// A letter or digit in disguise: full width, mathematical, circled, a Roman numeral.
bool in_disguise(char32_t c, const Scripts& scripts) {
  if (c <= 0xFF) return false;  // ª º µ are ordinary
  const auto point = static_cast<UChar32>(c);
  const int kind = u_getIntPropertyValue(point, UCHAR_DECOMPOSITION_TYPE);
  if (kind == U_DT_NONE || kind == U_DT_CANONICAL) return false;
  if (u_isUAlphabetic(point) == 0 && u_isdigit(point) == 0) return false;
  const bool width = kind == U_DT_WIDE || kind == U_DT_NARROW;
  return !(width && has(scripts, USCRIPT_HAN));
}

std::vector<detect::Text> words_in(const detect::Text& name) {
  std::vector<detect::Text> out(1);
  for (const char32_t c : name) {
    if (detect::is_word_part(c)) {
      out.back() += c;
    } else if (!out.back().empty()) {
      out.emplace_back();
    }
  }
  return out;
}

// Nothing in the word is ASCII, and all of its letters look as if they were.
bool wholly_imitates(const detect::Text& word) {
  return std::all_of(word.begin(), word.end(), [](char32_t c) {
    return !has_script(script_of(c)) ? !detect::is_ascii(c) : imitates_ascii(c);
  });
}

// The letters of the word that stand in for others.
void add_foreign(detect::Text& out, const detect::Text& word, bool honest_elsewhere) {
  const Scripts scripts = scripts_of(word);
  const bool latin = has(scripts, USCRIPT_LATIN);
  const auto foreign = [&](char32_t c) {
    const UScriptCode script = script_of(c);
    if (!has_script(script)) return false;
    if (script == USCRIPT_LATIN) return imitates_ascii(c);
    if (latin) return script != USCRIPT_HAN;
    return scripts.size() > 1 && script != scripts.front();
  };
  const bool one_letter = word.size() == 1 && honest_elsewhere;
  const bool whole = scripts.size() == 1 && !latin && !one_letter && wholly_imitates(word);
  for (const char32_t c : word) {
    if (foreign(c) || (whole && has_script(script_of(c)))) out += c;
  }
}

// Letters that are no look-alikes, so that a word of one letter ("с", "в") is just a word.
bool honest_non_latin(const detect::Text& name) {
  return std::any_of(name.begin(), name.end(), [](char32_t c) {
    const UScriptCode script = script_of(c);
    return has_script(script) && script != USCRIPT_LATIN && !imitates_ascii(c);
  });
}

std::string point_words(char32_t c) {
  std::array<char, 128> name{};
  UErrorCode status = U_ZERO_ERROR;
  const auto point = static_cast<UChar32>(c);
  u_charName(point, U_UNICODE_CHAR_NAME, name.data(), static_cast<int>(name.size()), &status);
  std::string words = U_FAILURE(status) != 0 ? std::string() : std::string(name.data());
  if (words.empty()) {
    const auto type = u_charType(point);
    words = type == U_CONTROL_CHAR       ? "control character"
            : type == U_PRIVATE_USE_CHAR ? "private use"
                                         : "not assigned";
  }
  return fmt::format("U+{:04X} {}", static_cast<std::uint32_t>(c), words);
}

bool plain_ascii(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

}  // namespace

std::string code_points_note(std::string_view name) {
  if (plain_ascii(name)) return {};
  const detect::Text text = detect::composed(detect::decode(name));
  const Scripts scripts = scripts_of(text);
  detect::Text foreign;
  const bool honest = honest_non_latin(text);
  for (const detect::Text& word : words_in(text)) add_foreign(foreign, word, honest);
  detect::Text misleading;
  for (const char32_t c : text) {
    const bool told = misleading.find(c) != detect::Text::npos;
    if (!told && (unseen_or_undefined(c) || stray_mark(c, scripts) || in_disguise(c, scripts) ||
                  foreign.find(c) != detect::Text::npos)) {
      misleading += c;
    }
  }
  std::string out;
  for (std::size_t i = 0; i < std::min(misleading.size(), shown_max); ++i) {
    out += (out.empty() ? "" : ", ") + point_words(misleading[i]);
  }
  if (misleading.size() > shown_max) {
    out += fmt::format(" and {} more", misleading.size() - shown_max);
  }
  return out;
}

}  // namespace clawback::report
