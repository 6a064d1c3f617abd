#include "graph/signal.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace clawback::graph {

Signal::Signal(const asio::any_io_executor& executor)
    : timer_(executor, asio::steady_timer::time_point::max()) {}

void Signal::notify() { timer_.cancel(); }

asio::awaitable<void> Signal::wait() {
  co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
}

void Gate::open() {
  open_ = true;
  signal_.notify();
}

asio::awaitable<void> Gate::passed() {
  while (!open_) co_await signal_.wait();
}

}  // namespace clawback::graph
