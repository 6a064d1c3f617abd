#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <stdexcept>
#include <vector>

#include "http/run.hpp"

using namespace clawback::http;
using namespace std::chrono_literals;

namespace {

using Task = std::function<asio::awaitable<void>()>;

asio::awaitable<void> give_way() {
  const auto executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
}

}  // namespace

TEST_CASE("run: what the coroutine throws, the caller sees") {
  CHECK_THROWS_AS(run([]() -> asio::awaitable<void> {
                    throw std::runtime_error("no");
                    co_return;
                  }),
                  std::runtime_error);
}

TEST_CASE("run: a coroutine that nothing can wake is an error, not a hang") {
  CHECK_THROWS_AS(run([]() -> asio::awaitable<void> {
                    auto forever = [](auto&&) {};
                    co_await asio::async_initiate<decltype(asio::use_awaitable), void()>(
                        forever, asio::use_awaitable);
                  }),
                  std::logic_error);
}

TEST_CASE("await: the value of a coroutine") {
  CHECK(await<int>([]() -> asio::awaitable<int> { co_return 7; }) == 7);
}

TEST_CASE("run_all: every task runs, never more than width at a time") {
  int running = 0;
  int most = 0;
  int done = 0;
  const Task task = [&]() -> asio::awaitable<void> {
    most = std::max(most, ++running);
    for (int i = 0; i < 5; ++i) co_await give_way();
    --running;
    ++done;
  };
  for (const std::size_t width : {1u, 3u, 100u}) {
    most = done = 0;
    run([&] { return run_all(std::vector<Task>(20, task), width); });
    CHECK(done == 20);
    CHECK(most == static_cast<int>(std::min<std::size_t>(width, 20)));
  }
}

TEST_CASE("run_all: nothing to do is done") {
  run([] { return run_all({}, 4); });
}

TEST_CASE("run_all: a task that throws stops no other, and the first exception comes out") {
  int done = 0;
  std::vector<Task> tasks;
  tasks.reserve(10);
  for (int i = 0; i < 10; ++i) {
    tasks.emplace_back([&done, i]() -> asio::awaitable<void> {
      co_await give_way();
      if (i == 2) throw std::runtime_error("first");
      if (i == 7) throw std::logic_error("second");
      ++done;
    });
  }
  CHECK_THROWS_AS(run([&] { return run_all(tasks, 2); }), std::runtime_error);
  CHECK(done == 8);
}

TEST_CASE("run_all: cancelling the caller ends its tasks before it goes on") {
  int started = 0;
  int ended = 0;
  bool went_on = false;
  run([&]() -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    struct Count {
      int& count;
      ~Count() { ++count; }
    };
    const Task task = [&]() -> asio::awaitable<void> {
      ++started;
      const Count count{ended};
      co_await sleep_for(1h);
    };
    const auto outer = [&]() -> asio::awaitable<void> {
      struct After {
        int& ended;
        bool& went_on;
        ~After() { went_on = ended == 2; }
      };
      const After after{ended, went_on};
      co_await run_all(std::vector<Task>(5, task), 2);
    };
    asio::cancellation_signal signal;
    bool over = false;
    asio::co_spawn(executor, outer,
                   asio::bind_cancellation_slot(signal.slot(),
                                                [&](const std::exception_ptr&) { over = true; }));
    while (started < 2) co_await give_way();
    signal.emit(asio::cancellation_type::terminal);
    while (!over) co_await give_way();
  });
  CHECK(started == 2);
  CHECK(ended == 2);
  CHECK(went_on);
}
