#include "evidence/text.hpp"

#include <doctest/doctest.h>

#include "evidence/outline.hpp"
#include "gzip.hpp"

using namespace clawback;

TEST_CASE("text: more than the bound is refused") {
  CHECK(evidence::decode_text("12345", 5));
  CHECK(!evidence::decode_text("123456", 5));
}

TEST_CASE("text: what unpacks to more than the bound is refused, however small it came") {
  const std::string bomb = tests::gzip(std::string(std::size_t{8} << 20u, ' '));
  CHECK(bomb.size() < 20'000);
  CHECK(evidence::decode_text(bomb, std::size_t{8} << 20u));
  CHECK(!evidence::decode_text(bomb, std::size_t{4} << 20u));
}

TEST_CASE("text: UTF-16 beyond the basic plane") {
  const auto text = evidence::decode_text(std::string_view("\xff\xfe\x3d\xd8\x00\xde\xac\x20", 8));
  REQUIRE(text);
  CHECK(*text == "\xF0\x9F\x98\x80\xE2\x82\xAC");
}

TEST_CASE("outline: the parts of a list with their lines") {
  const auto outline = evidence::outline_array(
      {.text = "[ 1,\n \"a]\\\"\" , {\"x\":\n[2]},\nnull ] rest", .line = 10});
  REQUIRE(outline);
  REQUIRE(outline->items.size() == 4);
  CHECK(outline->items[1].text == "\"a]\\\"\"");
  CHECK(outline->items[1].line == 11);
  CHECK(outline->items[2].text == "{\"x\":\n[2]}");
  CHECK(outline->items[3].line == 13);
  CHECK(outline->rest == " rest");
}

TEST_CASE("outline: broken texts are refused with their place") {
  struct Case {
    std::string_view text;
    std::uint32_t line;
  };
  const Case cases[] = {{"[1,", 1},    {"[1,]", 1},       {"[1\n,,2]", 2},
                        {"[\n\n1", 3}, {"[\"a\nb\"]", 1}, {"", 1}};
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto outline = evidence::outline_array({.text = c.text, .line = 1});
    REQUIRE(!outline);
    REQUIRE(outline.error().position);
    CHECK(outline.error().position->line == c.line);
  }
}

TEST_CASE("outline: members of an object, keys unescaped") {
  const auto outline =
      evidence::outline_object({.text = R"({"\u0076alue":[1],"b" : {"c":1}})", .line = 1});
  REQUIRE(outline);
  REQUIRE(outline->members.size() == 2);
  CHECK(outline->members[0].key == "value");
  CHECK(outline->members[1].value.text == R"({"c":1})");
  CHECK(!evidence::outline_object({.text = R"({"a" 1})", .line = 1}));
  CHECK(!evidence::outline_object({.text = R"({a:1})", .line = 1}));
}
