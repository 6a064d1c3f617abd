#include "cli/context.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

using namespace clawback;
using namespace clawback::cli;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

// What a context stands on besides its times.
struct Surroundings {
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, {}};
  Global global;
  Environment environment = [](const std::string&) { return std::nullopt; };
};

}  // namespace

TEST_CASE("clock: what passed since the program began has passed, asked for or not") {
  const Time started = *parse_time("2026-11-23T03:04:09Z");
  Surroundings around;
  // As if two hours had gone by, on a confirmation or in a sleep.
  const Context context{.global = around.global,
                        .console = around.console,
                        .environment = around.environment,
                        .started = started,
                        .begun = since_boot() - hours(2)};
  CHECK(context.now() == started);
  const auto clock = context.running_clock();
  CHECK(clock() >= started + hours(2));
  CHECK(clock() < started + hours(2) + minutes(5));
}

TEST_CASE("clock: a --now that is ahead is no clock for sending and for limits") {
  const Time clock = *parse_time("2026-11-23T03:04:09Z");
  Surroundings around;
  for (const auto ahead : {hours(25), hours(0), hours(-1)}) {
    const Context context{.global = around.global,
                          .console = around.console,
                          .environment = around.environment,
                          .started = clock + ahead,
                          .begun = since_boot() - hours(2),
                          .clock = clock};
    const Time from = std::min(clock + ahead, clock);
    CHECK(context.now() == clock + ahead);
    CHECK(context.earlier() == from);
    CHECK(context.sending_clock()() >= from + hours(2));
    CHECK(context.sending_clock()() < from + hours(2) + minutes(5));
  }
}
