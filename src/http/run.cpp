#include "http/run.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <deque>
#include <exception>
#include <memory>
#include <stdexcept>

namespace clawback::http {
namespace {

// What run_all and its workers share. Workers keep it alive, and with it the tasks' closures, which
// the running coroutines refer to.
struct Crew {
  explicit Crew(const asio::any_io_executor& executor)
      : done(executor, asio::steady_timer::time_point::max()) {}
  std::vector<std::function<asio::awaitable<void>()>> tasks;
  std::size_t next = 0;
  std::size_t working = 0;
  bool stopped = false;
  std::exception_ptr failure;
  std::deque<asio::cancellation_signal> signals;
  asio::steady_timer done;
};

asio::awaitable<void> work(std::shared_ptr<Crew> crew) {
  while (!crew->stopped && crew->next < crew->tasks.size()) {
    auto& task = crew->tasks[crew->next++];
    co_await task();
  }
}

void start_worker(const std::shared_ptr<Crew>& crew) {
  ++crew->working;
  auto on_end = [crew](std::exception_ptr failure) {
    if (!crew->failure) crew->failure = std::move(failure);
    // A worker ends with the task that threw; another one takes its place.
    if (!crew->stopped && crew->next < crew->tasks.size()) start_worker(crew);
    if (--crew->working == 0) crew->done.cancel();
  };
  auto& signal = crew->signals.emplace_back();
  asio::co_spawn(crew->done.get_executor(), work(crew),
                 asio::bind_cancellation_slot(signal.slot(), std::move(on_end)));
}

}  // namespace

void run(std::function<asio::awaitable<void>()> task) {
  asio::io_context context(1);
  bool done = false;
  std::exception_ptr failure;
  asio::co_spawn(context, task, [&](std::exception_ptr thrown) {
    done = true;
    failure = std::move(thrown);
    context.stop();
  });
  context.run();
  if (failure) std::rethrow_exception(failure);
  if (!done) throw std::logic_error("a coroutine waits for something that can't come");
}

asio::awaitable<void> sleep_for(std::chrono::milliseconds delay) {
  asio::steady_timer timer(co_await asio::this_coro::executor, delay);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> run_all(std::vector<std::function<asio::awaitable<void>()>> tasks,
                              std::size_t width) {
  const auto executor = co_await asio::this_coro::executor;
  const auto crew = std::make_shared<Crew>(executor);
  crew->tasks = std::move(tasks);
  const std::size_t workers = std::min(std::max<std::size_t>(width, 1), crew->tasks.size());
  for (std::size_t i = 0; i < workers; ++i) start_worker(crew);

  // Tasks may refer to what the caller owns: when the caller is cancelled, its tasks are too, and
  // they are waited for before the caller goes on.
  co_await asio::this_coro::throw_if_cancelled(false);
  while (crew->working > 0) {
    co_await crew->done.async_wait(asio::as_tuple(asio::use_awaitable));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() == asio::cancellation_type::none || crew->stopped) continue;
    crew->stopped = true;
    co_await asio::this_coro::reset_cancellation_state();
    for (auto& signal : crew->signals) signal.emit(asio::cancellation_type::terminal);
  }
  co_await asio::this_coro::throw_if_cancelled(true);
  if (crew->stopped) throw boost::system::system_error(asio::error::operation_aborted);
  if (crew->failure) std::rethrow_exception(crew->failure);
}

}  // namespace clawback::http
