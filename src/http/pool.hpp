#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <vector>

#include "http/connection.hpp"
#include "http/tls_client.hpp"

namespace clawback::http {

// Connections that wait for their next request, and how many requests run, per origin. Shared
// because a coroutine that is destroyed late still gives its slot back.
class Pool : public std::enable_shared_from_this<Pool> {
 public:
  // The right to use one connection to an origin.
  class Slot {
   public:
    Slot(std::shared_ptr<Pool> pool, Origin origin);
    ~Slot();
    Slot(Slot&&) noexcept = default;
    Slot& operator=(Slot&&) = delete;

   private:
    std::shared_ptr<Pool> pool_;
    Origin origin_;
  };

  Pool(asio::any_io_executor executor, const TlsClientOptions& options);

  // Waits, first come first served; Errc::unavailable at the deadline.
  asio::awaitable<Result<Slot>> slot(const Origin& origin, TlsStream::Clock::time_point deadline);
  // A live idle connection, or nullptr.
  std::unique_ptr<Connection> take(const Origin& origin);
  void put(const Origin& origin, std::unique_ptr<Connection> connection);
  // To resume on a new connection; nullptr if there is none.
  TlsSession session(const Origin& origin);
  void close_idle();

 private:
  class Waiter;
  struct Entry {
    std::size_t used = 0;
    std::vector<std::unique_ptr<Connection>> idle;
    std::list<Waiter*> waiting;
    TlsSession session;
  };
  void release(const Origin& origin);

  asio::any_io_executor executor_;
  std::size_t connections_max_;
  std::chrono::milliseconds idle_max_;
  std::map<Origin, Entry> entries_;
};

}  // namespace clawback::http
