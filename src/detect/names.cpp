#include "detect/names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "detect/unicode.hpp"

namespace clawback::detect {
namespace {

// A sign that stands for a letter when it is between letters.
bool reads_like_letter(char32_t c) {
  if (is_ascii(c)) return c == '|' || c == '!' || c == '$' || c == '@';
  const Text read = prototype(Text(1, c));
  return read.size() == 1 && is_ascii_alnum(read.front());
}

char32_t read_as(char32_t c) {
  switch (c) {
    case '0':
      return 'o';
    case '1':
    case 'i':
    case '|':
    case '!':
      return 'l';
    case '3':
      return 'e';
    case '5':
    case '$':
      return 's';
    case '@':
      return 'a';
    default:
      return c;
  }
}

// What two letters side by side read as, or 0.
char pair_reads_as(char first, char32_t second) {
  if (first == 'r' && second == 'n') return 'm';
  if (first == 'v' && second == 'v') return 'w';
  if (first == 'c' && second == 'l') return 'd';
  return 0;
}

// `begin`: where the word begins in `out`, since two letters of two words are no pair.
void append_folded(std::string& out, std::size_t begin, char32_t c) {
  c = read_as(lower_ascii(c));
  const char pair = out.size() > begin ? pair_reads_as(out.back(), c) : '\0';
  if (pair != 0) {
    out.back() = pair;
  } else if (is_ascii(c)) {
    out += static_cast<char>(c);
  } else {
    append_utf8(out, c);
  }
}

// A capital may look like a Latin one while its small letter does not (Cyrillic Ve, Greek Mu), so
// capitals are looked up before case falls away.
Text capitals_read(const Text& text) {
  Text out;
  for (const char32_t c : text) {
    if (is_ascii(c) || !is_capital(c)) {
      out += c;
      continue;
    }
    const Text read = prototype(Text(1, c));
    const bool latin = !read.empty() && std::all_of(read.begin(), read.end(), is_ascii_alnum);
    out += latin ? read : Text(1, c);
  }
  return out;
}

// Each character by itself gives what all of them give together, but for marks, which compose.
Text fold_unread(const Text& text) {
  Text seen = case_folded(capitals_read(text));
  std::erase_if(seen, is_hidden);
  Text out;
  for (const char32_t c : prototype(seen)) {
    if (!is_mark(c) && !is_hidden(c)) out += lower(c);
  }
  return out;
}

void fold_into(std::string& out, const Text& text, FoldMemo* memo = nullptr) {
  const std::size_t begin = out.size();
  const auto append = [&](const Text& folded) {
    for (const char32_t c : folded) append_folded(out, begin, c);
  };
  if (is_ascii(text)) return append(text);
  if (memo == nullptr || std::any_of(text.begin(), text.end(), is_mark)) {
    return append(fold_unread(text));
  }
  for (const char32_t c : text) {
    if (is_ascii(c)) {
      append_folded(out, begin, c);
      continue;
    }
    const auto [known, is_new] = memo->try_emplace(c);
    if (is_new) known->second = fold_unread(Text(1, c));
    append(known->second);
  }
}

char32_t plain_of(char32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFF01 - 0x21;  // full-width forms, usual in Japan
  return lower(c);
}

// Calls `use(word)` for each word of the text.
template <class Use>
void each_word(const Text& text, const Use& use) {
  std::size_t begin = 0;
  const auto inside = [&](std::size_t at) {
    if (is_word_part(text[at])) return true;
    return at > begin && at + 1 < text.size() && is_word_part(text[at - 1]) &&
           is_word_part(text[at + 1]) && reads_like_letter(text[at]);
  };
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && inside(at)) continue;
    if (at > begin) use(text.substr(begin, at - begin));
    begin = at + 1;
  }
}

Text read_text(std::string_view name) {
  Text text = decode(name);
  return is_ascii(text) ? text : composed(text);
}

std::string shown(char32_t c) {
  return is_ascii(c) && c > 0x20 ? std::string(1, static_cast<char>(c))
                                 : fmt::format("U+{:04X}", static_cast<std::uint32_t>(c));
}

// Two letters that read as one: "rn" at `at` of `text` for `one`.
bool pair_at(const Text& text, std::size_t at, char32_t one) {
  if (at + 1 >= text.size() || !is_ascii(text[at])) return false;
  const auto first = static_cast<char>(read_as(lower_ascii(text[at])));
  const char pair = pair_reads_as(first, read_as(lower_ascii(text[at + 1])));
  return pair != 0 && static_cast<char32_t>(pair) == one;
}

}  // namespace

std::string fold_name(std::string_view name) {
  std::string folded;
  fold_into(folded, read_text(name));
  std::string out;
  for (const char c : folded) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::vector<Word> words_of(std::string_view name) {
  std::vector<Word> words;
  each_word(read_text(name), [&](Text raw) {
    Word word{.raw = std::move(raw), .plain = {}, .folded = {}};
    for (const char32_t c : word.raw) word.plain += plain_of(c);
    fold_into(word.folded, word.raw);
    if (!word.folded.empty()) words.push_back(std::move(word));
  });
  return words;
}

void fold_joined(std::string_view name, std::string& out, FoldMemo* memo) {
  out.clear();
  name = name.substr(0, name_points_max * 4);
  if (!is_ascii(name)) {
    Text text = decode(name);
    if (std::any_of(text.begin(), text.end(), is_mark)) text = composed(text);
    each_word(text, [&](const Text& word) { fold_into(out, word, memo); });
    return;
  }
  name = name.substr(0, name_points_max);
  std::size_t begin = 0;
  bool open = false;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const auto c = static_cast<char32_t>(name[at]);
    const bool inside =
        is_ascii_alnum(c) || (open && at + 1 < name.size() && reads_like_letter(c) &&
                              is_ascii_alnum(static_cast<char32_t>(name[at - 1])) &&
                              is_ascii_alnum(static_cast<char32_t>(name[at + 1])));
    if (inside && !open) begin = out.size();
    if (inside) append_folded(out, begin, c);
    open = inside;
  }
}

std::u32string plain_joined(const std::vector<Word>& words) {
  std::u32string out;
  for (const Word& word : words) out += word.plain;
  return out;
}

std::u32string without_marks(const std::u32string& text) {
  if (is_ascii(text)) return text;
  Text out = decomposed(text);
  std::erase_if(out, is_mark);
  return out;
}

std::string as_shown(std::string_view name) {
  constexpr char32_t backwards = 0x202E;
  constexpr char32_t end_of_it = 0x202C;
  Text text = decode(name);
  const auto from = std::find(text.begin(), text.end(), backwards);
  if (from == text.end()) return {};
  std::reverse(from + 1, std::find(from, text.end(), end_of_it));
  std::string out;
  for (const char32_t c : text) append_utf8(out, c);
  return out;
}

bool has_letter_or_digit(std::string_view name) {
  const Text text = read_text(name);
  return std::any_of(text.begin(), text.end(),
                     [](char32_t c) { return is_alnum(c) && !is_hidden(c); });
}

std::string how_it_differs(const std::u32string& raw, const std::u32string& imitated) {
  constexpr std::size_t told_max = 4;
  std::vector<std::string> told;
  std::size_t at = 0;
  const auto tell = [&](std::string text) {
    if (std::find(told.begin(), told.end(), text) == told.end()) told.push_back(std::move(text));
  };
  for (std::size_t i = 0; i < raw.size() && told.size() <= told_max; ++i) {
    if (is_hidden(raw[i]) || is_mark(raw[i])) {
      tell((is_mark(raw[i]) ? "mark " : "hidden ") + shown(raw[i]));
      continue;
    }
    if (at >= imitated.size()) break;
    const char32_t meant = imitated[at];
    if (plain_of(raw[i]) == meant) {
      ++at;
    } else if (pair_at(raw, i, meant)) {
      tell(shown(raw[i]) + shown(raw[i + 1]) + " for " + shown(meant));
      ++i;
      ++at;
    } else if (pair_at(imitated, at, plain_of(raw[i]))) {
      tell(shown(raw[i]) + " for " + shown(meant) + shown(imitated[at + 1]));
      at += 2;
    } else {
      tell(shown(raw[i]) + " for " + shown(meant));
      ++at;
    }
  }
  if (told.size() > told_max) told.back() = "and more";
  std::string out;
  for (const std::string& text : told) out += (out.empty() ? "" : ", ") + text;
  return out;
}

}  // namespace clawback::detect
