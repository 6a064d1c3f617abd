#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "report/words.hpp"

using namespace clawback;

TEST_CASE("names: the code points that mislead stand beside a name") {
  struct Case {
    std::string_view name;
    std::string_view note;
  };
  const Case cases[] = {
      {"eM Client", ""},
      {"Müller & Søn – Courriel Français™", ""},
      {"Mu\xcc\x88ller", ""},
      {"Łódź Straße æon İş", ""},
      {"µTorrent Nº 1", ""},
      {"Яндекс.Почта для Outlook", ""},
      {"Почта с Outlook", ""},
      {"Ελληνικό ταχυδρομείο", ""},
      {"メール Microsoftメール", ""},
      {"한국 메일", ""},
      {"邮件 ２ App", ""},
      {"بَريد", ""},
      {"हिन्दी मेल", ""},
      {"Micros\xd0\xbe\x66t", "U+043E CYRILLIC SMALL LETTER O"},
      {"\xd0\x90\xd1\x80\xd1\x80\xd3\x8f\xd0\xb5 Mail",
       "U+0410 CYRILLIC CAPITAL LETTER A, U+0440 CYRILLIC SMALL LETTER ER, "
       "U+04CF CYRILLIC SMALL LETTER PALOCHKA, U+0435 CYRILLIC SMALL LETTER IE"},
      {"Outlook\xe2\x80\x8b", "U+200B ZERO WIDTH SPACE"},
      {"exe.\xe2\x80\xaegpj", "U+202E RIGHT-TO-LEFT OVERRIDE"},
      {"a\x1b[2J", "U+001B control character"},
      {"Out\xcc\xb5look", "U+0335 COMBINING SHORT STROKE OVERLAY"},
      {"Ｍicrosoft", "U+FF2D FULLWIDTH LATIN CAPITAL LETTER M"},
      {"𝐌ail", "U+1D40C MATHEMATICAL BOLD CAPITAL M"},
      {"Ⓜail", "U+24C2 CIRCLED LATIN CAPITAL LETTER M"},
      {"\xc9\xa1oogle", "U+0261 LATIN SMALL LETTER SCRIPT G"},
      {"\xee\x80\x80", "U+E000 private use"},
      {"A\xf3\xa0\x81\x81", "U+E0041 TAG LATIN CAPITAL LETTER A"},
      {"Outlook\xc2\xa0Mail", "U+00A0 NO-BREAK SPACE"},
      {"a\xff", "U+FFFD REPLACEMENT CHARACTER"},
      {"Γmail", "U+0393 GREEK CAPITAL LETTER GAMMA"},
      {"ПочΤа", "U+03A4 GREEK CAPITAL LETTER TAU"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(report::code_points_note(c.name) == c.note);
  }
}

TEST_CASE("names: the note is short ASCII whatever the name is") {
  std::string name;
  for (int i = 0; i < 200000; ++i) name += static_cast<char>((i * 7919 + i / 3) % 256);
  std::string marks = "a";
  for (int i = 0; i < 1000; ++i) marks += {'\xcc', static_cast<char>(0x80 + i % 0x40)};
  for (const std::string& one : {name, marks, std::string(1 << 20, '\0')}) {
    const std::string note = report::code_points_note(one);
    CHECK(!note.empty());
    CHECK(note.size() < 700);
    CHECK(std::all_of(note.begin(), note.end(), [](char c) { return c >= 0x20 && c < 0x7F; }));
  }
  CHECK(report::code_points_note(marks).ends_with(" more"));
}
