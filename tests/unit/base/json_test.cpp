#include "base/json.hpp"

#include <doctest/doctest.h>

using namespace clawback;

TEST_CASE("json: canonical form sorts by UTF-16 code units and escapes least") {
  // The example of RFC 8785, section 3.2.3, without its numbers.
  const auto value = parse_json(
      "{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet "
      "With Dagesh\","
      "\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\","
      "\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}");
  REQUIRE(value);
  CHECK(canonical_json(*value) ==
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xC2\x80\":\"Control\","
        "\"\xC3\xB6\":\"Latin Small Letter O With Diaeresis\",\"\xE2\x82\xAC\":\"Euro Sign\","
        "\"\xF0\x9F\x98\x80\":\"Emoji: Grinning Face\",\"\xEF\xAC\xB3\":\"Hebrew Letter Dalet With "
        "Dagesh\"}");
}

TEST_CASE("json: canonical form reads back and is stable") {
  const std::string text = R"({"a":[1,-2,true,null,"x\ny\u001f"],"b":{}})";
  const auto value = parse_json(text);
  REQUIRE(value);
  CHECK(canonical_json(*value) == text);
}

TEST_CASE("json: what is refused, and where") {
  struct Case {
    std::string_view text;
    std::uint32_t line;
    std::uint32_t column;
  };
  const Case cases[] = {{"{\n  \"a\": tru }", 2, 11}, {"", 1, 1}, {"{} x", 1, 3}, {"[1,]", 1, 4}};
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto value = parse_json(c.text);
    REQUIRE_FALSE(value);
    REQUIRE(value.error().position);
    CHECK(value.error().position->line == c.line);
    CHECK(value.error().position->column <= c.column + 1);
  }
}

TEST_CASE("json: depth and size are bounded") {
  CHECK_FALSE(parse_json(std::string(100, '[') + std::string(100, ']')));
  CHECK_FALSE(parse_json("[1,2,3]", {.depth = 4, .bytes = 3}));
}

TEST_CASE("json: readers answer nothing for absent, null and other types") {
  const auto value = parse_json(R"({"s":"x","n":null,"i":7,"d":1.5,"b":true})");
  REQUIRE(value);
  CHECK(string_at(*value, "s") == "x");
  CHECK_FALSE(string_at(*value, "n"));
  CHECK_FALSE(string_at(*value, "i"));
  CHECK(int_at(*value, "i") == 7);
  CHECK_FALSE(int_at(*value, "d"));
  CHECK(bool_at(*value, "b") == true);
  CHECK_FALSE(bool_at(*value, "s"));
}
