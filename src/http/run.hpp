#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace clawback::http {

namespace asio = boost::asio;

// Runs the coroutine on a private io_context on this thread until it is done; what it throws, we
// throw.
void run(std::function<asio::awaitable<void>()> task);

asio::awaitable<void> sleep_for(std::chrono::milliseconds delay);

// Runs all tasks, at most `width` at a time, on the caller's executor; returns when all are done. A
// task that throws cancels nothing else; the first exception is rethrown at the end.
asio::awaitable<void> run_all(std::vector<std::function<asio::awaitable<void>()>> tasks,
                              std::size_t width);

template <class T>
T await(std::function<asio::awaitable<T>()> task) {
  std::optional<T> value;
  run([&]() -> asio::awaitable<void> { value.emplace(co_await task()); });
  return std::move(*value);
}

}  // namespace clawback::http
