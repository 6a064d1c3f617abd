#include "http/tls_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <tuple>
#include <utility>

namespace clawback::http {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

}  // namespace

struct TlsStream::Core {
  explicit Core(tcp::socket connected)
      : deadline(connected.get_executor()), socket(std::move(connected)) {
    error_code ignored;
    if (socket.is_open()) socket.set_option(tcp::no_delay(true), ignored);
  }
  void close() {
    error_code ignored;
    socket.close(ignored);
  }
  asio::steady_timer deadline;
  tcp::socket socket;
  std::optional<asio::ssl::stream<tcp::socket&>> tls;
  bool expired = false;
};

TlsStream::TlsStream(tcp::socket socket, asio::ssl::context& context)
    : core_(std::make_shared<Core>(std::move(socket))) {
  core_->tls.emplace(core_->socket, context);
}

TlsStream::TlsStream(tcp::socket socket) : core_(std::make_shared<Core>(std::move(socket))) {}

TlsStream::~TlsStream() {
  core_->deadline.cancel();
  core_->close();
}

asio::awaitable<error_code> TlsStream::connect(tcp::endpoint endpoint) {
  auto& socket = core_->socket;
  const auto [failed] = co_await socket.async_connect(endpoint, as_result);
  if (failed) co_return failed;
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  co_return error_code();
}

asio::awaitable<error_code> TlsStream::handshake(asio::ssl::stream_base::handshake_type role) {
  if (!core_->tls) co_return error_code();
  const auto [failed] = co_await core_->tls->async_handshake(role, as_result);
  co_return failed;
}

asio::awaitable<TlsStream::Read> TlsStream::read_some(std::span<char> room) {
  const auto buffer = asio::buffer(room.data(), room.size());
  if (core_->tls) {
    const auto [failed, size] = co_await core_->tls->async_read_some(buffer, as_result);
    co_return Read{.failed = failed, .size = size};
  }
  const auto [failed, size] = co_await core_->socket.async_read_some(buffer, as_result);
  co_return Read{.failed = failed, .size = size};
}

asio::awaitable<error_code> TlsStream::write(std::string_view bytes) {
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  if (core_->tls) {
    const auto [failed, size] = co_await asio::async_write(*core_->tls, buffer, as_result);
    co_return failed;
  }
  const auto [failed, size] = co_await asio::async_write(core_->socket, buffer, as_result);
  co_return failed;
}

void TlsStream::set_deadline(Clock::time_point deadline) {
  core_->deadline.expires_at(deadline);
  core_->deadline.async_wait([core = core_](const error_code& cancelled) {
    // The deadline may have been moved after this was queued.
    if (cancelled || core->deadline.expiry() > Clock::now()) return;
    core->expired = true;
    core->close();
  });
}

void TlsStream::clear_deadline() { core_->deadline.expires_at(Clock::time_point::max()); }

bool TlsStream::expired() const { return core_->expired; }

bool TlsStream::is_quiet() {
  auto& socket = core_->socket;
  if (!socket.is_open() || (core_->tls && SSL_pending(native()) > 0)) return false;
  error_code failed;
  socket.non_blocking(true, failed);
  char byte = 0;
  socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, failed);
  return failed == asio::error::would_block;
}

void TlsStream::close() { core_->close(); }

void TlsStream::reset() {
  error_code ignored;
  core_->socket.set_option(tcp::socket::linger(true, 0), ignored);
  core_->close();
}

SSL* TlsStream::native() { return core_->tls ? core_->tls->native_handle() : nullptr; }

}  // namespace clawback::http
