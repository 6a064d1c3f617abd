#include "cli/exit_code.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string_view>

#include "base/json.hpp"
#include "cli/output.hpp"

using namespace clawback;
using namespace clawback::cli;

TEST_CASE("exit codes: every kind of error has its own meaning") {
  struct Case {
    Errc code;
    int exit;
  };
  const Case cases[] = {{Errc::internal, 1},        {Errc::invalid, 2},
                        {Errc::not_found, 2},       {Errc::unauthenticated, 9},
                        {Errc::denied, 9},          {Errc::not_licensed, 8},
                        {Errc::throttled, 1},       {Errc::unavailable, 1},
                        {Errc::outcome_unknown, 7}, {Errc::protocol, 1},
                        {Errc::conflict, 6},        {Errc::approval, 4},
                        {Errc::guard, 5},           {Errc::stale, 6},
                        {Errc::incomplete, 8},      {Errc::io, 1},
                        {Errc::cancelled, 1},       {Errc::audit, 12}};
  for (const Case& c : cases) {
    CAPTURE(report::name_of(c.code));
    CHECK(exit_code_of(c.code) == c.exit);
  }
}

TEST_CASE("output: an error is one line with its place, and a hint") {
  Error error{.code = Errc::invalid,
              .message = "\"x\x1b[2J\" is not a mode",
              .hint = "one of: report",
              .position = Position{.file = "rules/a.toml", .line = 3, .column = 7}};
  CHECK(error_text(error) ==
        "clawback: rules/a.toml:3:7: \"x<U+001B>[2J\" is not a mode\n  hint: one of: report\n");
  error.position = std::nullopt;
  error.hint.clear();
  CHECK(error_text(error) == "clawback: \"x<U+001B>[2J\" is not a mode\n");
}

TEST_CASE("output: with --json an error is an object on standard output, and nothing else") {
  std::ostringstream out;
  std::ostringstream err;
  Console console(out, err, {.json = true});
  console.failure({.code = Errc::denied, .message = "no", .details = {{"request-id", "7"}}});
  CHECK(err.str().empty());
  const auto value = parse_json(out.str());
  REQUIRE(value);
  CHECK(string_at(*value, "schema") == "clawback.error/1");
  CHECK(string_at(*value, "code") == "denied");
  CHECK(string_at(*member(*value, "details"), "request-id") == "7");
}

TEST_CASE("output: notes are for people, traces for the curious") {
  struct Case {
    std::string_view name;
    Style style;
    std::string_view err;
  };
  const Case cases[] = {{"plain", {}, "note\n"},
                        {"quiet", {.quiet = true}, ""},
                        {"verbose", {.verbose = true}, "note\ntrace\n"}};
  for (const Case& c : cases) {
    CAPTURE(c.name);
    std::ostringstream out;
    std::ostringstream err;
    Console console(out, err, c.style);
    console.note("note");
    console.trace("trace");
    console.progress("not a terminal");
    CHECK(err.str() == c.err);
    CHECK(out.str().empty());
  }
}
