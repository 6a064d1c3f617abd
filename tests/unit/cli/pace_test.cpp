#include "cli/pace.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "cli/output.hpp"

using namespace clawback;
using namespace clawback::cli;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("pace: counts and rate, anew for each piece of work") {
  Duration now{};
  Pace pace([&now] { return now; });
  CHECK(pace.records("signIns", 100) == "reading signIns: 100");
  now += milliseconds(500);
  CHECK(pace.records("signIns", 900) == "reading signIns: 900");
  now += milliseconds(1500);
  CHECK(pace.records("signIns", 12'345) == "reading signIns: 12,345 (6,172/s)");
  CHECK(pace.records("users", 5) == "reading users: 5");
  now += seconds(60);
  CHECK(pace.records("users", 6) == "reading users: 6 (6/min)");
  CHECK(pace.bytes("a.json", 1'500'000) == "reading a.json: 1 MB");
  now += seconds(2);
  CHECK(pace.bytes("a.json", 80'000'000) == "reading a.json: 80 MB (40 MB/s)");
}

TEST_CASE("progress: one line, not more than ten times a second, and gone in the end") {
  std::ostringstream out;
  std::ostringstream err;
  {
    Console console(out, err, {.progress = true, .progress_width = 40});
    console.progress("one");
    console.progress("two");
    console.progress("three", true);
    CHECK(err.str() == "\r\x1b[Kone\r\x1b[Kthree");
    console.note("a note");
    console.progress(std::string(100, 'x'), true);
  }
  const std::string seen = err.str();
  CHECK(seen.find("\r\x1b[Ka note\n") != std::string::npos);
  CHECK(seen.find(std::string(40, 'x')) == std::string::npos);
  CHECK(seen.ends_with("\r\x1b[K"));
  CHECK(out.str().empty());
}

TEST_CASE("progress: none where nobody looks") {
  for (const Style style : {Style{}, Style{.quiet = true, .progress = true},
                            Style{.verbose = true, .progress = true}}) {
    std::ostringstream out;
    std::ostringstream err;
    {
      Console console(out, err, style);
      console.progress("one", true);
    }
    CHECK(err.str().empty());
  }
}
