#include "base/safe_text.hpp"

#include <doctest/doctest.h>

using namespace clawback;

TEST_CASE("safe text: what reaches a terminal") {
  struct Case {
    std::string_view name;
    std::string text;
    std::string shown;
  };
  const Case cases[] = {
      {"plain", "eM Client", "eM Client"},
      {"non-Latin names are left alone", "メール", "メール"},
      {"ANSI escape", "\x1b[31mred", "<U+001B>[31mred"},
      {"line feed", "a\nb", "a<U+000A>b"},
      {"NUL", std::string("a\0b", 3), "a<U+0000>b"},
      {"C1 control",
       "\xC2\x9B"
       "31m",
       "<U+009B>31m"},
      {"right-to-left override",
       "a\xE2\x80\xAE"
       "b",
       "a<U+202E>b"},
      {"zero width",
       "a\xE2\x80\x8B"
       "b",
       "a<U+200B>b"},
      {"bad UTF-8",
       "a\xFF"
       "b",
       "a\xEF\xBF\xBD"
       "b"},
      {"overlong slash", "\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"surrogate", "\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"stack of accents", "e\xCC\x81\xCC\x81\xCC\x81\xCC\x81",
       "e\xCC\x81\xCC\x81\xCC\x81<U+0301>"},
      {"tag character", "\xF3\xA0\x81\x81", "<U+E0041>"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(printable(c.text) == c.shown);
  }
}

TEST_CASE("safe text: a megabyte is cut") {
  CHECK(printable(std::string(1u << 20u, 'x'), 10) == "xxxxxxxxxx…");
}

TEST_CASE("safe text: HTML has no character left that means something") {
  CHECK(html_escape("<script>alert('x')&\"\x1b") ==
        "&lt;script&gt;alert(&#39;x&#39;)&amp;&quot;&lt;U+001B&gt;");
}

TEST_CASE("safe text: a CSV field is quoted and starts no formula") {
  CHECK(csv_field("=cmd|' /C calc'!A0") == "\"'=cmd|' /C calc'!A0\"");
  CHECK(csv_field("Foo;=1+1; @x;y;  -2") == "\"Foo;'=1+1; '@x;y;  '-2\"");
  CHECK(csv_field("a,=b;c") == "\"a,=b;c\"");
  CHECK(csv_field("a\"b\r\n") == "\"a\"\"b<U+000D><U+000A>\"");
  CHECK(csv_field("\t=1+1") == "\"<U+0009>=1+1\"");
}

TEST_CASE("safe text: percent-encoding keeps only unreserved characters") {
  CHECK(percent_encode("a/b?c=d e'é") == "a%2Fb%3Fc%3Dd%20e%27%C3%A9");
}

TEST_CASE("safe text: percent-decoding takes two hex digits or nothing") {
  CHECK(percent_decode("a%2Fb%3fc+%C3%A9", false) == "a/b?c+é");
  CHECK(percent_decode("a+b%2B", true) == "a b+");
  CHECK(percent_decode("%00", true) == std::string(1, '\0'));
  CHECK(percent_decode("", true) == "");
  for (const char* const bad : {"%", "%4", "%zz", "%4z", "a%", "%%41", "%-1"}) {
    CAPTURE(bad);
    CHECK_FALSE(percent_decode(bad, true));
  }
}

TEST_CASE("safe text: width counts wide characters twice and accents not at all") {
  CHECK(display_width("メール") == 6);
  CHECK(display_width("e\xCC\x81x") == 2);
}

TEST_CASE("safe text: no CSV field begins a formula, whatever stands before it") {
  CHECK(csv_field("  =1+1") == "\"'  =1+1\"");
  CHECK(csv_field("\xC2\xA0@SUM(1)") == "\"'\xC2\xA0@SUM(1)\"");
  CHECK(csv_field("\xEF\xBC\x9D"
                  "1") ==
        "\"'\xEF\xBC\x9D"
        "1\"");
  CHECK(csv_field("\t=1") == "\"<U+0009>=1\"");
  CHECK(csv_field("a=b") == "\"a=b\"");
  CHECK(csv_field("   ") == "\"   \"");
}
