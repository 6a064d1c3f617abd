#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <optional>
#include <utility>

namespace clawback::console {

namespace asio = boost::asio;

// The one thread that opens files and databases, and may ask an issuer for its keys: whoever waits
// for it keeps nobody else waiting. What it is given runs in the order in which it was given.
class Desk {
 public:
  Desk() : pool_(1) {}
  ~Desk() { pool_.join(); }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  template <class T>
  asio::awaitable<T> ask(std::function<T()> task) {
    std::optional<T> answer;
    co_await asio::co_spawn(pool_.get_executor(), carry_out<T>(task, answer), asio::use_awaitable);
    co_return std::move(*answer);
  }
  // Waits for what it has; to be called before what the tasks refer to goes.
  void close() { pool_.join(); }

 private:
  template <class T>
  static asio::awaitable<void> carry_out(std::function<T()>& task, std::optional<T>& answer) {
    answer.emplace(task());
    co_return;
  }
  asio::thread_pool pool_;
};

}  // namespace clawback::console
