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

TEST_CASE("brake: a quota is spent at once, and then at the pace at which it refills") {
  Clock clock;
  Brake brake({.rate = 20, .burst = 60});
  for (int i = 0; i < 3; ++i) CHECK(clock.pass(brake, 20) == 0ms);
  CHECK(clock.pass(brake, 20) == 1000ms);
  CHECK(clock.pass(brake, 10) == 500ms);
  clock.now += 2s;
  CHECK(clock.pass(brake, 40) == 0ms);
  SUBCASE("what was not sent is given back") {
    brake.refund(30);
    CHECK(clock.pass(brake, 30) == 0ms);
    CHECK(clock.pass(brake, 20) == 1000ms);
  }
  SUBCASE("never more than the burst") {
    clock.now += 24h;
    brake.refund(50);
    CHECK(clock.pass(brake, 60) == 0ms);
    CHECK(clock.pass(brake, 20) == 1000ms);
  }
}

TEST_CASE("brake: a service that says its quota is empty is believed") {
  Clock clock;
  Brake brake({.rate = 20, .burst = 3000});
  CHECK(clock.pass(brake, 20) == 0ms);
  brake.hold(clock.now, 3000ms, true);
  CHECK(clock.pass(brake, 20) == 4000ms);  // it has to refill for them first
  CHECK(clock.pass(brake, 20) == 1000ms);
  SUBCASE("and asked for less when it says so again") {
    clock.now += 10s;
    brake.hold(clock.now, 1000ms, true);
    CHECK(clock.pass(brake, 16) == 2000ms);
    CHECK(clock.pass(brake, 16) == 1000ms);
  }
}

TEST_CASE("brake: single refusals are no empty quota, three in a row are") {
  Clock clock;
  Brake brake({.rate = 20, .burst = 3000});
  for (int i = 0; i < 5; ++i) {
    brake.hold(clock.now, 100ms, false);
    CHECK(clock.pass(brake, 20) == 100ms);
    brake.good();
  }
  for (int i = 0; i < 3; ++i) brake.hold(clock.now, 100ms, false);
  CHECK(clock.pass(brake, 20) == 1100ms);
  CHECK(clock.pass(brake, 20) == 1000ms);
}

TEST_CASE("brake: those that wait are served one after the other") {
  Clock clock;
  Brake brake({.rate = 20, .burst = 20});
  std::vector<std::chrono::milliseconds> slept;
  RetryHooks hooks{.now = [&] { return clock.now; },
                   .jitter = [] { return 0.0; },
                   .sleep = [&](std::chrono::milliseconds delay) -> asio::awaitable<void> {
                     slept.push_back(delay);
                     co_return;
                   }};
  run([&]() -> asio::awaitable<void> {
    for (int i = 0; i < 4; ++i) co_await brake.pass(hooks, 20);
  });
  CHECK(slept == std::vector<std::chrono::milliseconds>{1000ms, 2000ms, 3000ms});
}

TEST_CASE("brake: some services have one request a second from the start") {
  Clock clock;
  Brake brake({.rate = 1, .burst = 1});
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
