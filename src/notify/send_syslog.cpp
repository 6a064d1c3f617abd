#include <fmt/format.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/local/datagram_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <memory>

#include "base/safe_text.hpp"
#include "notify/send.hpp"

namespace clawback::notify {
namespace {

using boost::system::error_code;
constexpr auto quietly = asio::as_tuple(asio::use_awaitable);

// Closes the socket when the time is over: whatever waits on it then fails.
template <class Socket>
class Deadline {
 public:
  Deadline(std::shared_ptr<Socket> socket, std::chrono::milliseconds timeout)
      : expired_(std::make_shared<bool>(false)), timer_(socket->get_executor(), timeout) {
    timer_.async_wait([socket = std::move(socket), expired = expired_](const error_code& failed) {
      if (failed) return;
      *expired = true;
      error_code ignored;
      socket->close(ignored);
    });
  }
  [[nodiscard]] bool expired() const { return *expired_; }

 private:
  std::shared_ptr<bool> expired_;
  asio::steady_timer timer_;
};

Error failed(const std::string& where, std::string_view act, const error_code& why, bool expired) {
  return Error{.code = Errc::unavailable,
               .message = fmt::format("{}: {}: {}", printable(where, 120), act,
                                      expired ? "it took too long" : printable(why.message()))};
}

asio::awaitable<Result<void>> to_unix(const std::string& path,
                                      const std::vector<std::string>& lines,
                                      std::chrono::milliseconds timeout) {
  using Socket = asio::local::datagram_protocol::socket;
  const auto socket = std::make_shared<Socket>(co_await asio::this_coro::executor);
  error_code refused;
  socket->open(asio::local::datagram_protocol(), refused);
  if (!refused) socket->connect(asio::local::datagram_protocol::endpoint(path), refused);
  if (refused) co_return failed(path, "can't connect", refused, false);
  const Deadline<Socket> deadline(socket, timeout);
  for (const std::string& line : lines) {
    const auto [why, sent] = co_await socket->async_send(asio::buffer(line), quietly);
    if (why) co_return failed(path, "can't send", why, deadline.expired());
  }
  co_return Result<void>();
}

// getaddrinfo can't be interrupted; who waits for it waits for `ready` and may leave earlier.
template <class Protocol>
struct Lookup {
  Lookup(const asio::any_io_executor& executor, std::chrono::milliseconds timeout)
      : resolver(executor), ready(executor, timeout) {}
  typename Protocol::resolver resolver;
  asio::steady_timer ready;
  std::vector<typename Protocol::endpoint> endpoints;
  error_code failed = asio::error::timed_out;
};

template <class Protocol>
asio::awaitable<Result<std::vector<typename Protocol::endpoint>>> look_up(
    std::string host, std::string port, std::chrono::milliseconds timeout) {
  const auto executor = co_await asio::this_coro::executor;
  const auto lookup = std::make_shared<Lookup<Protocol>>(executor, timeout);
  auto on_result = [lookup](const error_code& why, const auto& results) {
    lookup->failed = why;
    for (const auto& result : results) lookup->endpoints.push_back(result.endpoint());
    lookup->ready.cancel();
  };
  lookup->resolver.async_resolve(host, port, std::move(on_result));
  co_await lookup->ready.async_wait(quietly);
  if (!lookup->endpoints.empty()) co_return lookup->endpoints;
  lookup->resolver.cancel();
  co_return failed(host, "no such host", lookup->failed, false);
}

asio::awaitable<Result<void>> to_udp(const std::string& host, const std::string& port,
                                     const std::vector<std::string>& lines,
                                     std::chrono::milliseconds timeout) {
  using asio::ip::udp;
  const auto found = co_await look_up<udp>(host, port, timeout);
  if (!found) co_return found.error();
  const auto socket = std::make_shared<udp::socket>(co_await asio::this_coro::executor);
  const udp::endpoint endpoint = found->front();
  error_code refused;
  socket->open(endpoint.protocol(), refused);
  if (!refused) socket->connect(endpoint, refused);
  if (refused) co_return failed(host, "can't connect", refused, false);
  const Deadline<udp::socket> deadline(socket, timeout);
  for (const std::string& line : lines) {
    const auto [why, sent] = co_await socket->async_send(asio::buffer(line), quietly);
    if (why) co_return failed(host, "can't send", why, deadline.expired());
  }
  co_return Result<void>();
}

asio::awaitable<Result<void>> to_tcp(const std::string& host, const std::string& port,
                                     const std::vector<std::string>& lines,
                                     std::chrono::milliseconds timeout) {
  using asio::ip::tcp;
  const auto found = co_await look_up<tcp>(host, port, timeout);
  if (!found) co_return found.error();
  const auto socket = std::make_shared<tcp::socket>(co_await asio::this_coro::executor);
  const Deadline<tcp::socket> deadline(socket, timeout);
  error_code refused;
  for (const tcp::endpoint& endpoint : *found) {
    error_code ignored;
    socket->close(ignored);
    if (deadline.expired()) break;
    const auto [why] = co_await socket->async_connect(endpoint, quietly);
    refused = why;
    if (!refused) break;
  }
  if (refused || deadline.expired()) {
    co_return failed(host, "can't connect", refused, deadline.expired());
  }
  std::string all;
  for (const std::string& line : lines) all += fmt::format("{} {}", line.size(), line);
  const auto [why, sent] = co_await asio::async_write(*socket, asio::buffer(all), quietly);
  if (why) co_return failed(host, "can't send", why, deadline.expired());
  error_code ignored;
  socket->shutdown(tcp::socket::shutdown_both, ignored);
  co_return Result<void>();
}

}  // namespace

asio::awaitable<Result<void>> send_syslog(const SyslogAddress& address,
                                          const std::vector<std::string>& lines,
                                          std::chrono::milliseconds timeout) {
  const std::string port = std::to_string(address.port);
  switch (address.kind) {
    case SyslogAddress::Kind::unix_socket:
      co_return co_await to_unix(address.path, lines, timeout);
    case SyslogAddress::Kind::udp:
      co_return co_await to_udp(address.host, port, lines, timeout);
    case SyslogAddress::Kind::tcp:
      co_return co_await to_tcp(address.host, port, lines, timeout);
  }
  co_return Error{.code = Errc::internal, .message = "an unknown kind of syslog address"};
}

}  // namespace clawback::notify
