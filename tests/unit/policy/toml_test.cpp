#include "policy/toml.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace clawback;
using namespace clawback::policy;

namespace {

TomlTable parsed(std::string_view text) {
  auto root = parse_toml("x.toml", text);
  REQUIRE(root);
  return *std::move(root);
}

Position place(std::uint32_t line, std::uint32_t column) {
  return {.file = "x.toml", .line = line, .column = column};
}

}  // namespace

TEST_CASE("toml: a value of each kind is read") {
  TomlTable root = parsed(
      "text = \"a\"\nnumber = 7\nyes = true\nlong = \"30d\"\nday = 2027-06-30\n"
      "moment = 2027-06-30T12:00:00+02:00\nlist = [\"b\", \"c\"]\n[inner]\nx = 1\n[[many]]\ny = "
      "2\n[[many]]\ny = 3\n");
  CHECK(root.text("text") == "a");
  CHECK(root.integer("number") == 7);
  CHECK(root.boolean("yes") == true);
  CHECK(root.duration("long") == std::chrono::days(30));
  CHECK(root.date("day") == *parse_time("2027-06-30T00:00:00Z"));
  CHECK(root.date("moment") == *parse_time("2027-06-30T10:00:00Z"));
  CHECK(root.texts("list") == std::vector<std::string>{"b", "c"});
  auto inner = root.table("inner");
  REQUIRE(inner);
  CHECK(inner->require_integer("x") == 1);
  auto many = root.tables("many");
  REQUIRE(many.size() == 2);
  CHECK(many[1].require_integer("y") == 3);
  CHECK(many[0].require_integer("y") == 2);
  CHECK(root.finish());
}

TEST_CASE("toml: a letter beyond ASCII outside of quotes is an error, wherever it stands") {
  for (const std::string_view letter : {"\xc6\x95", "\xc3\xa4", "\xc2\xb2", "\xd1\x8f",
                                        "\xe2\x80\x83x", "\xef\xbf\xbd", "\xf0\x9f\x98\x80"}) {
    CAPTURE(letter);
    const auto key = parse_toml("x.toml", "a = 1\n" + std::string(letter) + " = 1\n");
    REQUIRE(!key);
    CHECK(key.error().position->line == 2);
    const auto value = parse_toml("x.toml", "a = " + std::string(letter) + "\n");
    REQUIRE(!value);
    CHECK(value.error().position->line == 1);
    CHECK(parse_toml("x.toml",
                     "a = \"" + std::string(letter) + "\" # " + std::string(letter) + "\n"));
  }
}

TEST_CASE("toml: what is not valid TOML has its place") {
  const auto root = parse_toml("x.toml", "a = 1\nb = = 2\n");
  REQUIRE(!root);
  CHECK(root.error().code == Errc::invalid);
  CHECK(root.error().position->line == 2);
  CHECK(root.error().position->column > 1);
}

TEST_CASE(
    "toml: a key that nobody asked for is an error with its place and the nearest known key") {
  struct Case {
    std::string_view name, text;
    std::uint32_t line, column;
    std::string_view hint;
  };
  const Case cases[] = {
      {"at the root", "mode = \"off\"\n mdoe = \"on\"\n", 2, 2, "did you mean \"mode\"?"},
      {"in a table", "[limits]\nmax_app = 3\n", 2, 1, "did you mean \"max_apps\"?"},
      {"in an array of tables", "[[item]]\nname = \"a\"\n[[item]]\nnam = \"b\"\n", 4, 1,
       "did you mean \"name\"?"},
      {"a table", "[limit]\nmax_apps = 3\n", 1, 2, "did you mean \"limits\"?"},
      {"nothing is near", "zzzzzzzzzz = 1\n", 1, 1, "known: item, limits, mode"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    TomlTable root = parsed(c.text);
    root.text("mode");
    if (auto limits = root.table("limits")) limits->integer("max_apps");
    for (auto& item : root.tables("item")) item.require_text("name");
    const auto done = root.finish();
    REQUIRE(!done);
    CHECK(done.error().position == place(c.line, c.column));
    CHECK(done.error().hint == c.hint);
  }
}

TEST_CASE("toml: a value of another type is an error with its place") {
  struct Case {
    std::string_view name, text, message;
  };
  const Case cases[] = {
      {"number for a text", "text = 5", "\"text\" must be a text, not a whole number"},
      {"text for a number", "number = \"5\"", "\"number\" must be a whole number, not a text"},
      {"decimal for a number", "number = 5.5",
       "\"number\" must be a whole number, not a decimal number"},
      {"text for a flag", "yes = \"true\"", "\"yes\" must be true or false, not a text"},
      {"text for a date", "day = \"2027-06-30\"",
       "\"day\" must be a date such as 2027-06-30, not a text"},
      {"local time for a date", "day = 2027-06-30T10:00:00",
       "\"day\" has a time of day without an offset"},
      {"text for a list", "list = \"a\"", "\"list\" must be an array of texts, not a text"},
      {"number in a list", "list = [\"a\", 2]", "\"list\" must hold texts, not a whole number"},
      {"text for a table", "inner = \"a\"", "\"inner\" must be a table, not a text"},
      {"table for many", "[many]", "\"many\" must be an array of tables ([[many]]), not a table"},
      {"no unit", "long = \"30\"", "\"long\" is not a duration: \"30\""},
      {"negative", "long = \"-3d\"", "\"long\" is not a duration: \"-3d\""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    TomlTable root = parsed(std::string("\n") + std::string(c.text) + "\n");
    root.text("text");
    root.integer("number");
    root.boolean("yes");
    root.date("day");
    root.texts("list");
    root.duration("long");
    root.table("inner");
    root.tables("many");
    const auto done = root.finish();
    REQUIRE(!done);
    CHECK(done.error().message == c.message);
    CHECK(done.error().position->line == 2);
  }
}

TEST_CASE(
    "toml: of several problems the first in the file is told, and a missing key only when it is "
    "alone") {
  TomlTable root = parsed("b = 1\na = 2\n");
  root.text("a");
  root.text("b");
  root.require_text("c");
  CHECK(root.finish().error().position == place(1, 1));

  TomlTable misspelt = parsed("nmae = \"x\"\n");
  misspelt.require_text("name");
  CHECK(misspelt.finish().error().hint == "did you mean \"name\"?");

  TomlTable empty = parsed("\n[inner]\n");
  empty.table("inner")->require_text("name");
  CHECK(empty.finish().error().message == "\"name\" is missing");
  CHECK(empty.finish().error().position->line == 2);
}

TEST_CASE("toml: a file beyond any policy's size is refused unread") {
  const auto root = parse_toml("x.toml", std::string((4u << 20u) + 1, '\n'));
  REQUIRE(!root);
  CHECK(root.error().message == "the file is larger than 4 MiB");
}

TEST_CASE("toml: hostile keys are shown in a safe form") {
  TomlTable root = parsed("\"\\u001b[31mred\" = 1\n");
  const auto done = root.finish();
  REQUIRE(!done);
  CHECK(done.error().message == "unknown key \"<U+001B>[31mred\"");
}

TEST_CASE(
    "toml: a header that begins with no key is an error with its place, not the end of the "
    "process") {
  for (const std::string_view text : {"[#%", "[ #", "[[#]]", "[,]", "[", "[[", "[\"", "[a.#]"}) {
    CAPTURE(text);
    const auto parsed = parse_toml("x.toml", text);
    REQUIRE_FALSE(parsed);
    REQUIRE(parsed.error().position);
    CHECK(parsed.error().position->line == 1);
  }
}
