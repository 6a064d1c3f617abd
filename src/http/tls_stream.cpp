#include "http/tls_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <tuple>
#include <utility>

namespace clawback::http {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

}  // namespace

struct TlsStream::Core {
  Core(tcp::socket socket, asio::ssl::context& context)
      : deadline(socket.get_executor()), stream(std::move(socket), context) {}
  tcp::socket& socket() { return stream.next_layer(); }
  void close() {
    error_code ignored;
    socket().close(ignored);
  }
  asio::steady_timer deadline;
  asio::ssl::stream<tcp::socket> stream;
  bool expired = false;
};

TlsStream::TlsStream(tcp::socket socket, asio::ssl::context& context)
    : core_(std::make_shared<Core>(std::move(socket), context)) {
  error_code ignored;
  if (core_->socket().is_open()) core_->socket().set_option(tcp::no_delay(true), ignored);
}

TlsStream::~TlsStream() {
  core_->deadline.cancel();
  core_->close();
}

asio::awaitable<error_code> TlsStream::connect(tcp::endpoint endpoint) {
  auto& socket = core_->socket();
  const auto [failed] = co_await socket.async_connect(endpoint, as_result);
  if (failed) co_return failed;
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  co_return error_code();
}

asio::awaitable<error_code> TlsStream::handshake(asio::ssl::stream_base::handshake_type role) {
  const auto [failed] = co_await core_->stream.async_handshake(role, as_result);
  co_return failed;
}

asio::awaitable<TlsStream::Read> TlsStream::read_some(std::span<char> room) {
  const auto buffer = asio::buffer(room.data(), room.size());
  const auto [failed, size] = co_await core_->stream.async_read_some(buffer, as_result);
  co_return Read{.failed = failed, .size = size};
}

asio::awaitable<error_code> TlsStream::write(std::string_view bytes) {
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  const auto [failed, size] = co_await asio::async_write(core_->stream, buffer, as_result);
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
  auto& socket = core_->socket();
  if (!socket.is_open() || SSL_pending(native()) > 0) return false;
  error_code failed;
  socket.non_blocking(true, failed);
  char byte = 0;
  socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, failed);
  return failed == asio::error::would_block;
}

void TlsStream::close() { core_->close(); }

void TlsStream::reset() {
  error_code ignored;
  core_->socket().set_option(tcp::socket::linger(true, 0), ignored);
  core_->close();
}

SSL* TlsStream::native() { return core_->stream.native_handle(); }

}  // namespace clawback::http
