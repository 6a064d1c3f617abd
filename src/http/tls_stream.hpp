#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <memory>
#include <span>
#include <string_view>

namespace clawback::http {

namespace asio = boost::asio;

// One TLS connection over TCP (without Nagle's delay), or one without TLS where no context is
// given, and the one deadline of what is under way on it: past it the connection is closed, and
// whatever waits on it fails. Destroying it drops the connection.
class TlsStream {
 public:
  using Clock = std::chrono::steady_clock;
  struct Read {
    boost::system::error_code failed;
    std::size_t size = 0;
  };

  TlsStream(asio::ip::tcp::socket socket, asio::ssl::context& context);
  explicit TlsStream(asio::ip::tcp::socket socket);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  asio::awaitable<boost::system::error_code> connect(asio::ip::tcp::endpoint endpoint);
  // Nothing to do without TLS.
  asio::awaitable<boost::system::error_code> handshake(asio::ssl::stream_base::handshake_type role);
  asio::awaitable<Read> read_some(std::span<char> room);
  // `bytes` must stay until this is done.
  asio::awaitable<boost::system::error_code> write(std::string_view bytes);

  void set_deadline(Clock::time_point deadline);
  void clear_deadline();
  // Whether it was the deadline that closed the connection.
  [[nodiscard]] bool expired() const;
  // Open, and nothing has come that was not asked for: a closing server shows up here.
  [[nodiscard]] bool is_quiet();
  void close();
  void reset();                 // close with a TCP reset
  [[nodiscard]] SSL* native();  // nullptr without TLS

 private:
  struct Core;
  std::shared_ptr<Core> core_;  // shared with the deadline's handler
};

}  // namespace clawback::http
