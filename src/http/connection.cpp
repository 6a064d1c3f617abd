#include "http/connection.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string>
#include <utility>

#include "base/safe_text.hpp"
#include "http/tls_context.hpp"

namespace clawback::http {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
using Clock = TlsStream::Clock;

// A host with more addresses than this is tried at the first ones.
constexpr std::size_t addresses_max = 8;

// getaddrinfo can't be interrupted; who waits for it waits for `ready` and may leave earlier.
struct Lookup {
  Lookup(const asio::any_io_executor& executor, Clock::time_point deadline)
      : resolver(executor), ready(executor, deadline) {}
  tcp::resolver resolver;
  asio::steady_timer ready;
  std::vector<tcp::endpoint> endpoints;
  error_code failed = asio::error::timed_out;
};

struct Resolved {
  std::vector<tcp::endpoint> endpoints;
  error_code failed;
};

asio::awaitable<Resolved> resolve(const Origin& origin, Clock::time_point deadline) {
  error_code not_address;
  const auto address = asio::ip::make_address(origin.host, not_address);
  if (!not_address) {
    Resolved numeric{.endpoints = {tcp::endpoint(address, origin.port)}, .failed = {}};
    co_return numeric;
  }
  const auto executor = co_await asio::this_coro::executor;
  const auto lookup = std::make_shared<Lookup>(executor, deadline);
  auto on_result = [lookup](const error_code& failed, const tcp::resolver::results_type& results) {
    lookup->failed = failed;
    for (const auto& result : results) lookup->endpoints.push_back(result.endpoint());
    lookup->ready.cancel();
  };
  lookup->resolver.async_resolve(origin.host, std::to_string(origin.port),
                                 tcp::resolver::numeric_service, std::move(on_result));
  co_await lookup->ready.async_wait(asio::as_tuple(asio::use_awaitable));
  Resolved resolved{.endpoints = lookup->endpoints, .failed = lookup->failed};
  if (resolved.endpoints.size() > addresses_max) resolved.endpoints.resize(addresses_max);
  co_return resolved;
}

Error unavailable(const Origin& origin, std::string what, const std::string& why) {
  return Error{.code = Errc::unavailable,
               .message = origin.url() + ": " + std::move(what) + ": " + why};
}

Error refused(const Origin& origin, const std::string& why) {
  Error error = unavailable(origin, "no TLS connection", why);
  error.hint = "check the host name; a private authority is trusted through ca_file";
  error.details.emplace_back("permanent", "tls");
  return error;
}

// Of what is left, each address gets an equal share, so that a dead one can't use up everything.
Clock::time_point share(Clock::time_point deadline, std::size_t addresses_left) {
  const auto now = Clock::now();
  return now + (deadline - now) / static_cast<int>(addresses_left);
}

using Made = Result<std::unique_ptr<Connection>>;

asio::awaitable<Result<void>> handshake(Connection& connection, const Origin& origin,
                                        SSL_SESSION* session) {
  SSL* const ssl = connection.stream.native();
  if (auto expecting = expect_peer(ssl, origin); !expecting) co_return expecting;
  if (session != nullptr) SSL_set_session(ssl, session);
  const auto failed = co_await connection.stream.handshake(asio::ssl::stream_base::client);
  if (!failed) co_return Result<void>();
  if (connection.stream.expired()) co_return unavailable(origin, "TLS", "no answer in time");
  // A peer that hangs up may be overloaded; only what TLS itself refuses stays refused.
  const bool by_tls = failed.category() == asio::error::get_ssl_category();
  if (by_tls) co_return refused(origin, handshake_failure(ssl, failed));
  co_return unavailable(origin, "TLS", printable(failed.message()));
}

asio::awaitable<error_code> open(Connection& connection, const tcp::endpoint& endpoint,
                                 Clock::time_point deadline) {
  connection.stream.set_deadline(deadline);
  const auto failed = co_await connection.stream.connect(endpoint);
  if (connection.stream.expired()) co_return asio::error::timed_out;
  co_return failed;
}

}  // namespace

std::span<char> ReadBuffer::room() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
  } else if (end_ == data_.size() && begin_ > 0) {
    std::copy(data_.begin() + static_cast<std::ptrdiff_t>(begin_), data_.end(), data_.begin());
    end_ -= begin_;
    begin_ = 0;
  } else if (end_ == data_.size() && data_.size() < size_max) {
    data_.resize(std::min(2 * data_.size(), size_max));
  }
  return std::span(data_).subspan(end_);
}

void SessionDeleter::operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }

TlsSession resumable_session(Connection& connection) {
  const SSL_SESSION* const session = SSL_get0_session(connection.stream.native());
  if (session == nullptr || SSL_SESSION_is_resumable(session) != 1) return nullptr;
  // A copy: dropping a connection without TLS's farewell spoils its own session object.
  return TlsSession(SSL_SESSION_dup(session));
}

asio::awaitable<Made> connect(asio::ssl::context& context, const Origin& origin, TlsSession session,
                              Clock::time_point deadline) {
  const auto resolved = co_await resolve(origin, deadline);
  if (resolved.endpoints.empty()) {
    co_return unavailable(origin, "host name lookup", printable(resolved.failed.message()));
  }
  const auto executor = co_await asio::this_coro::executor;
  error_code failed;
  for (std::size_t i = 0; i < resolved.endpoints.size(); ++i) {
    auto connection = std::make_unique<Connection>(tcp::socket(executor), context);
    const auto until = share(deadline, resolved.endpoints.size() - i);
    failed = co_await open(*connection, resolved.endpoints[i], until);
    if (failed) continue;
    connection->stream.set_deadline(deadline);
    const auto secured = co_await handshake(*connection, origin, session.get());
    if (!secured) co_return secured.error();
    co_return connection;
  }
  Error error = unavailable(origin, "no connection", printable(failed.message()));
  error.hint = "is the service up, and does a firewall let this machine reach it?";
  co_return error;
}

}  // namespace clawback::http
