#include "detect/names.hpp"

#include <doctest/doctest.h>

#include <random>

#include "detect/unicode.hpp"

using namespace clawback;
using detect::fold_name;
using detect::how_it_differs;
using detect::words_of;

namespace {

std::string joined(std::string_view name) {
  std::string out;
  for (const auto& word : words_of(name)) out += word.folded;
  return out;
}

std::u32string raw(std::string_view name) {
  std::u32string out;
  for (const auto& word : words_of(name)) out += word.raw;
  return out;
}

std::u32string plain(std::string_view name) { return detect::plain_joined(words_of(name)); }

}  // namespace

TEST_CASE("names: ICU's data of look-alikes is there") { CHECK(detect::knows_look_alikes()); }

TEST_CASE("names: what reads alike folds to the same") {
  struct Case {
    std::string_view name;
    std::string_view one;
    std::string_view other;
  };
  const Case cases[] = {
      {"case", "Microsoft", "MICROSOFT"},
      {"rn", "Microsoft", "rnicrosoft"},
      {"vv", "Windows", "vvindovvs"},
      {"cl", "Cloud", "doud"},
      {"digits", "Outlook", "0ut1o0k"},
      {"capital I for l", "Outlook", "OutIook"},
      {"small l for I", "MICROSOFT", "MlCROSOFT"},
      {"bar", "Outlook", "Out|ook"},
      {"dollar", "Microsoft", "Micro$oft"},
      {"Cyrillic o", "Microsoft", "Micr\u043Es\u043Eft"},
      {"Cyrillic capital", "Bookings", "\u0412ookings"},
      {"Greek capital Mu", "Microsoft", "\u039Cicrosoft"},
      {"full width", "Outlook", "\uFF2F\uFF55\uFF54\uFF4C\uFF4F\uFF4F\uFF4B"},
      {"mathematical", "Teams", "\U0001D413\U0001D41E\U0001D41A\U0001D426\U0001D42C"},
      {"zero width", "Microsoft", "Micro\u200Bsoft"},
      {"word joiner and soft hyphen", "Microsoft", "Mi\u2060cro\u00ADsoft"},
      {"bidi", "Microsoft", "\u202AMicrosoft\u202C"},
      {"accents", "Microsoft", "Mícrosöft"},
      {"composed and not", "Müller", "Mu\u0308ller"},
      {"no-break space", "Office 365", "Office\u00A0365"},
      {"long s", "Sharepoint", "\u017Fharepoint"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(joined(c.one) == joined(c.other));
    CHECK(fold_name(c.one) == fold_name(c.other));
  }
}

TEST_CASE("names: what does not read alike stays apart") {
  CHECK(joined("Outlook") != joined("Outback"));
  CHECK(joined("Яндекс") != joined("Yandex"));
  CHECK(joined("clear north") != joined("dear m0rth"));
  CHECK(fold_name("Mail_Backup") != fold_name("Mail Backup"));
  CHECK(joined("r n") == "rn");  // of two words
}

TEST_CASE("names: blanks at the ends fall away and inner ones are joined") {
  CHECK(fold_name(" \t A\u200B \r\n B\u00A0") == "a b");
  CHECK(fold_name("PERFECTDATA\u200B SOFTWARE") == fold_name("perfectdata software"));
}

TEST_CASE("names: words end at blanks and punctuation, not at signs that read like letters") {
  CHECK(words_of("Office365-Security (new)").size() == 3);
  CHECK(words_of("Outlook | Acme").size() == 2);
  CHECK(words_of("Micro$oft").size() == 1);
  CHECK(words_of("$ $ $").empty());
  CHECK(words_of("\u200B").empty());
}

TEST_CASE("names: it is told how one differs") {
  CHECK(how_it_differs(raw("rnicrosoft"), plain("Microsoft")) == "rn for m");
  CHECK(how_it_differs(raw("Micr\u043Esoft"), plain("Microsoft")) == "U+043E for o");
  CHECK(how_it_differs(raw("0utIook"), plain("Outlook")) == "0 for o, I for l");
  CHECK(how_it_differs(raw("Micro\u200Bsoft"), plain("Microsoft")) == "hidden U+200B");
  CHECK(how_it_differs(raw("microsoft doud"), plain("Microsoft Cloud")) == "d for cl");
  CHECK(how_it_differs(raw("Microsoft"), plain("Microsoft")).empty());
  CHECK(how_it_differs(raw("1 3 5 0 $x@y"), plain("l e s o a")).find("and more") !=
        std::string::npos);
}

TEST_CASE("names: letters and digits are those of any script") {
  for (const std::string_view name : {"a", "7", "日本語", "العربية", "Ω", "ไทย", "\u24C2"}) {
    CAPTURE(name);
    CHECK(detect::has_letter_or_digit(name));
  }
  for (const std::string_view name :
       {"...", "", "\u200B\u2060", "\u3164", "\u2800", "—", "\xFF\xFE", "📧"}) {
    CAPTURE(name);
    CHECK_FALSE(detect::has_letter_or_digit(name));
  }
}

TEST_CASE("names: what is shown backwards is read as it is seen") {
  CHECK(joined(detect::as_shown("\u202Etfosorcim")) == joined("microsoft"));
  CHECK(joined(detect::as_shown("A \u202Etfosorcim\u202C B")) == joined("A microsoft B"));
  CHECK(detect::as_shown("Microsoft").empty());
}

TEST_CASE("names: the short way for ASCII gives what the long way gives") {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string name;
    const auto size = random() % 24;
    for (std::uint32_t i = 0; i < size; ++i) name += static_cast<char>(0x20 + random() % 95);
    CAPTURE(name);
    std::string quick;
    detect::fold_joined(name, quick);
    CHECK(quick == joined(name));
    // One hidden character sends each word the way over ICU.
    std::string slow;
    for (const auto& word : words_of(name)) {
      std::string letters;
      for (const char32_t c : word.raw) letters += static_cast<char>(c);
      slow += joined(letters + "\u200B");
    }
    CHECK(slow == quick);
  }
}

TEST_CASE("names: characters folded one by one give what they give together") {
  const std::pair<char32_t, char32_t> ranges[] = {
      {0x20, 0x7F},     {0xA0, 0x24F},    {0x300, 0x36F},   {0x370, 0x52F},     {0x5D0, 0x6FF},
      {0x900, 0x97F},   {0xE00, 0xE5B},   {0x1100, 0x11FF}, {0x1E00, 0x1FFF},   {0x2000, 0x214F},
      {0x3040, 0x30FF}, {0x4E00, 0x9FFF}, {0xAC00, 0xD7A3}, {0xF900, 0xFDFF},   {0xFF00, 0xFFEF},
      {0x13A0, 0x13FF}, {0xA4D0, 0xA4FF}, {0xFE00, 0xFEFF}, {0x1D400, 0x1D7FF}, {0xE0000, 0xE007F}};
  std::mt19937 random(13);
  detect::FoldMemo memo;
  for (int round = 0; round < 20000; ++round) {
    std::string name;
    const auto size = 1 + random() % 8;
    const auto& mostly = ranges[random() % std::size(ranges)];
    for (std::uint32_t i = 0; i < size; ++i) {
      const auto& range = random() % 3 == 0 ? ranges[random() % std::size(ranges)] : mostly;
      detect::append_utf8(name, range.first + random() % (range.second - range.first + 1));
    }
    CAPTURE(name);
    std::string quick;
    detect::fold_joined(name, quick, &memo);
    REQUIRE(quick == joined(name));
  }
}

TEST_CASE("names: any bytes are taken, and only the first 256 code points count") {
  std::mt19937 random(11);
  for (int round = 0; round < 3000; ++round) {
    std::string name;
    const auto size = random() % 80;
    for (std::uint32_t i = 0; i < size; ++i) name += static_cast<char>(random() % 256);
    std::string out;
    detect::fold_joined(name, out);
    CHECK(out == joined(name));
    (void)fold_name(name);
    (void)detect::as_shown(name);
  }
  const std::string huge(10'000'000, 'a');
  CHECK(fold_name(huge) == std::string(256, 'a'));
  CHECK(joined(std::string(256, ' ') + "Microsoft").empty());
  std::string wide;
  for (int i = 0; i < 400; ++i) wide += "\uFDFA";  // one code point, 18 in NFKC
  CHECK(fold_name(wide).size() < 256 * 18 * 4);
  CHECK_FALSE(fold_name(wide).empty());
}
