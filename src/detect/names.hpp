#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

// Names as a person reads them. What looks alike folds to the same text: compatibility forms, case,
// marks and hidden characters fall away (Unicode NFKC_Casefold, category Cf), look-alikes of other
// scripts become their prototype (ICU's spoof checker, UTS 39), and so do the tricks of Latin
// letters: rn m, vv w, cl d, 0 o, 1 I i | ! l, 3 e, 5 $ s, @ a. Any bytes are taken; only the first
// 256 code points count. No locale.
namespace clawback::detect {

// The whole name, with blanks at the ends cut and inner ones joined.
std::string fold_name(std::string_view name);

struct Word {
  std::u32string raw;    // as it is written
  std::u32string plain;  // lower case and without full-width forms, but else as written
  std::string folded;
};
// What stands between blanks and punctuation. A sign that reads like a letter ("Micro$oft") and
// hidden characters belong to their word.
std::vector<Word> words_of(std::string_view name);

// What single characters fold to, remembered over many names: asking ICU each time is slow.
using FoldMemo = std::unordered_map<char32_t, std::u32string>;

// All words folded, without blanks: what `folded` of words_of gives, joined, into `out`.
void fold_joined(std::string_view name, std::string& out, FoldMemo* memo = nullptr);

// The words' `plain` without blanks, and that without its marks ("müller", "muller").
std::u32string plain_joined(const std::vector<Word>& words);
std::u32string without_marks(const std::u32string& text);

// What follows U+202E is shown backwards: the name as it is seen. Empty if there is none.
std::string as_shown(std::string_view name);

// False for "...", and for a name of nothing but hidden characters.
bool has_letter_or_digit(std::string_view name);

// How `raw` differs from what it imitates: "rn for m, U+043E for o, hidden U+200B".
std::string how_it_differs(const std::u32string& raw, const std::u32string& imitated);

}  // namespace clawback::detect
