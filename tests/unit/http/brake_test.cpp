#include "http/brake.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "http/run.hpp"

using namespace clawback;
using namespace clawback::http;
using namespace std::chrono_literals;

namespace {

// A clock that only sleeping moves.
struct Clock {
  RetryHooks hooks() {
    return {.now = [this] { return now; },
            .jitter = [] { return 0.0; },
            .sleep = [this](std::chrono::milliseconds delay) -> asio::awaitable<void> {
              now += delay;
              co_return;
            }};
  }
  // How long passing took.
  std::chrono::milliseconds pass(Brake& brake, double load) {
    const Time before = now;
    run([&]() -> asio::awaitable<void> { co_await brake.pass(hooks(), load); });
    return now - before;
  }
  Time now = Time(std::chrono::hours(1));
};

}  // namespace

TEST_CASE("brake: what one request is told, all wait for") {
  Clock clock;
  Brake brake;
  CHECK(clock.pass(brake, 1) == 0ms);
  brake.hold(clock.now, 2128ms, false);
  CHECK(brake.held(clock.now));
  CHECK(clock.pass(brake, 0) == 2128ms);
  CHECK_FALSE(brake.held(clock.now));
  CHECK(clock.pass(brake, 20) == 0ms);
}

TEST_CASE("brake: a quota that is used up sets the pace from then on") {
  Clock clock;
  Brake brake({.rate = 20, .always = false, .burst = 20});
  for (int i = 0; i < 50; ++i) CHECK(clock.pass(brake, 20) == 0ms);
  brake.hold(clock.now, 3000ms, true);
  CHECK(clock.pass(brake, 20) == 4000ms);  // the quota has to fill up for them first
  CHECK(clock.pass(brake, 20) == 1000ms);
  CHECK(clock.pass(brake, 10) == 1000ms);
  CHECK(clock.pass(brake, 20) == 500ms);
  SUBCASE("slower when that is still too fast") {
    clock.now += 10s;
    brake.hold(clock.now, 1000ms, true);
    CHECK(clock.pass(brake, 16) == 2250ms);  // at 16 a second: 20 / 16 after the second
    CHECK(clock.pass(brake, 16) == 1000ms);
  }
}

TEST_CASE("brake: single refusals are no quota, three in a row are") {
  Clock clock;
  Brake brake({.rate = 20, .always = false, .burst = 0});
  for (int i = 0; i < 5; ++i) {
    brake.hold(clock.now, 100ms, false);
    clock.pass(brake, 20);
    brake.good();
  }
  CHECK(clock.pass(brake, 20) == 0ms);
  for (int i = 0; i < 3; ++i) brake.hold(clock.now, 100ms, false);
  CHECK(clock.pass(brake, 20) == 100ms);
  CHECK(clock.pass(brake, 20) == 1000ms);
}

TEST_CASE("brake: some services have one request a second from the start") {
  Clock clock;
  Brake brake({.rate = 1, .always = true, .burst = 1});
  CHECK(clock.pass(brake, 1) == 0ms);
  CHECK(clock.pass(brake, 1) == 1000ms);
  CHECK(clock.pass(brake, 1) == 1000ms);
}

TEST_CASE("brake: nobody waits for ever, whatever the service says") {
  Clock clock;
  Brake brake;
  brake.hold(clock.now, std::chrono::hours(48), false);
  CHECK(clock.pass(brake, 1) == 5min);
}

TEST_CASE("brake: a clock that stands still does not hold anybody twice") {
  std::vector<std::chrono::milliseconds> slept;
  const RetryHooks hooks{.now = [] { return Time{}; },
                         .jitter = [] { return 0.0; },
                         .sleep = [&](std::chrono::milliseconds delay) -> asio::awaitable<void> {
                           slept.push_back(delay);
                           co_return;
                         }};
  Brake brake;
  brake.hold(Time{}, 500ms, false);
  run([&]() -> asio::awaitable<void> {
    co_await brake.pass(hooks, 1);
    co_await brake.pass(hooks, 1);
  });
  CHECK(slept == std::vector<std::chrono::milliseconds>{500ms});
}
