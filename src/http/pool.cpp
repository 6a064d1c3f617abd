#include "http/pool.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace clawback::http {

using Clock = TlsStream::Clock;

// Stands in its origin's queue; leaves it, or gives back what it was granted, whatever becomes of
// it.
class Pool::Waiter {
 public:
  Waiter(Pool& pool, Origin origin, Clock::time_point deadline)
      : pool_(pool), origin_(std::move(origin)), ready_(pool.executor_, deadline) {
    pool_.entries_[origin_].waiting.push_back(this);
  }
  ~Waiter() {
    if (granted_) pool_.release(origin_);
    pool_.entries_[origin_].waiting.remove(this);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  void grant() {
    granted_ = true;
    ready_.cancel();
  }
  // Whether it was granted; the grant is the caller's from then on.
  bool take() { return std::exchange(granted_, false); }
  asio::steady_timer& ready() { return ready_; }

 private:
  Pool& pool_;
  Origin origin_;
  asio::steady_timer ready_;
  bool granted_ = false;
};

Pool::Slot::Slot(std::shared_ptr<Pool> pool, Origin origin)
    : pool_(std::move(pool)), origin_(std::move(origin)) {}

Pool::Slot::~Slot() {
  if (pool_) pool_->release(origin_);
}

Pool::Pool(asio::any_io_executor executor, const TlsClientOptions& options)
    : executor_(std::move(executor)),
      connections_max_(std::max<std::size_t>(options.connections_max, 1)),
      idle_max_(options.idle_max) {}

asio::awaitable<Result<Pool::Slot>> Pool::slot(const Origin& origin, Clock::time_point deadline) {
  // Keeps the queue alive for the waiter, should the client go first.
  const auto self = shared_from_this();
  Entry& entry = entries_[origin];
  if (entry.used < connections_max_) {
    ++entry.used;
    co_return Slot(self, origin);
  }
  Waiter waiter(*this, origin, deadline);
  co_await waiter.ready().async_wait(asio::as_tuple(asio::use_awaitable));
  if (waiter.take()) co_return Slot(self, origin);
  co_return Error{.code = Errc::unavailable,
                  .message = origin.url() + ": all connections stayed busy until the deadline"};
}

void Pool::release(const Origin& origin) {
  Entry& entry = entries_[origin];
  if (entry.waiting.empty()) {
    --entry.used;
    return;
  }
  Waiter* const next = entry.waiting.front();
  entry.waiting.pop_front();
  next->grant();
}

std::unique_ptr<Connection> Pool::take(const Origin& origin) {
  Entry& entry = entries_[origin];
  const auto oldest = Clock::now() - idle_max_;
  while (!entry.idle.empty()) {
    auto connection = std::move(entry.idle.back());
    entry.idle.pop_back();
    if (connection->idle_since > oldest && connection->stream.is_quiet()) return connection;
  }
  return nullptr;
}

void Pool::put(const Origin& origin, std::unique_ptr<Connection> connection) {
  Entry& entry = entries_[origin];
  const auto now = Clock::now();
  std::erase_if(entry.idle, [&](const auto& idle) { return idle->idle_since < now - idle_max_; });
  connection->stream.clear_deadline();
  connection->idle_since = now;
  if (auto session = resumable_session(*connection)) entry.session = std::move(session);
  entry.idle.push_back(std::move(connection));
}

TlsSession Pool::session(const Origin& origin) {
  SSL_SESSION* const session = entries_[origin].session.get();
  if (session != nullptr) SSL_SESSION_up_ref(session);
  return TlsSession(session);
}

void Pool::close_idle() {
  for (auto& [origin, entry] : entries_) entry.idle.clear();
}

}  // namespace clawback::http
