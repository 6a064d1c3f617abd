#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"
#include "http/tls_stream.hpp"

namespace clawback::http {

// Bytes that came and were not consumed yet. Room for four TLS records: the longest header fits. A
// server, which has many, begins with less and grows it for who needs it.
class ReadBuffer {
 public:
  static constexpr std::size_t size_max = 64u << 10u;
  ReadBuffer() = default;
  explicit ReadBuffer(std::size_t size) : data_(size) {}
  [[nodiscard]] std::string_view bytes() const { return {data_.data() + begin_, end_ - begin_}; }
  // Empty: what came is larger than anything that may be in one piece.
  std::span<char> room();
  void add(std::size_t size) { end_ += size; }
  void consume(std::size_t size) { begin_ += size; }

 private:
  std::vector<char> data_ = std::vector<char>(size_max);
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

struct SessionDeleter {
  void operator()(SSL_SESSION* session) const noexcept;
};
using TlsSession = std::unique_ptr<SSL_SESSION, SessionDeleter>;

struct Connection {
  Connection(asio::ip::tcp::socket socket, asio::ssl::context& context)
      : stream(std::move(socket), context) {}
  // Of a server: TLS where there is a context.
  Connection(asio::ip::tcp::socket socket, asio::ssl::context* context, std::size_t room)
      : stream(context != nullptr ? TlsStream(std::move(socket), *context)
                                  : TlsStream(std::move(socket))),
        buffer(room) {}
  TlsStream stream;
  ReadBuffer buffer;
  TlsStream::Clock::time_point idle_since;
};

// Errc::unavailable: no address, no TCP connection or no TLS in time; is_permanent if TLS was
// refused. `session`, when given, is resumed if the server still knows it.
asio::awaitable<Result<std::unique_ptr<Connection>>> connect(asio::ssl::context& context,
                                                             const Origin& origin,
                                                             TlsSession session,
                                                             TlsStream::Clock::time_point deadline);

// The newest session of the connection, if it can be resumed.
TlsSession resumable_session(Connection& connection);

}  // namespace clawback::http
