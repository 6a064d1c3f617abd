#include "base/time.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace clawback;

TEST_CASE("time: RFC 3339 in, RFC 3339 out") {
  struct Case {
    std::string_view text;
    std::string_view printed;  // empty: refused
  };
  const Case cases[] = {
      {"2026-11-23T03:04:09Z", "2026-11-23T03:04:09Z"},
      {"2026-09-13T01:22:12.5603524Z", "2026-09-13T01:22:12.560Z"},
      {"2026-11-23T03:04:09+02:00", "2026-11-23T01:04:09Z"},
      {"1601-01-01T00:00:00Z", "1601-01-01T00:00:00Z"},
      {"2026-11-23 03:04:09Z", "2026-11-23T03:04:09Z"},
      {"2026-02-30T00:00:00Z", ""},
      {"2026-11-23T25:00:00Z", ""},
      {"2026-11-23T03:04:09", ""},
      {"2026-11-23T03:04:09.Z", ""},
      {"2026-11-23T03:04:09Zjunk", ""},
      {"", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto time = parse_time(c.text);
    CHECK(static_cast<bool>(time) == !c.printed.empty());
    if (time) CHECK(format_time(*time) == c.printed);
  }
}

TEST_CASE("time: a duration is a whole number and one unit") {
  struct Case {
    std::string_view text;
    std::int64_t seconds;  // 0: refused
  };
  const Case cases[] = {{"90s", 90},       {"15m", 900}, {"4h", 14'400},  {"30d", 2'592'000},
                        {"2w", 1'209'600}, {"0s", 0},    {"5", 0},        {"-1d", 0},
                        {"1.5h", 0},       {"d", 0},     {"9999999w", 0}, {"1y", 0},
                        {"ms", 0},         {"1000ms", 1}};
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto duration = parse_duration(c.text);
    CHECK(static_cast<bool>(duration) == (c.seconds != 0));
    if (duration) CHECK(*duration == std::chrono::seconds(c.seconds));
  }
}

TEST_CASE("time: what is refused as a duration is told every unit there is") {
  const std::string hint = parse_duration("5").error().hint;
  for (const char* const one : {"500ms", "90s", "15m", "4h", "30d", "2w"}) {
    CAPTURE(one);
    CHECK(hint.find(one) != std::string::npos);
    CHECK(parse_duration(one));
  }
}

TEST_CASE("time: a printed duration reads back") {
  for (const std::string_view text : {"250ms", "90s", "15m", "4h", "30d"}) {
    CAPTURE(text);
    CHECK(format_duration(*parse_duration(text)) == text);
  }
}
