#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace clawback::http {

namespace asio = boost::asio;

// Where a body goes that is made while it is sent.
class BodyWriter {
 public:
  // False: the client has gone or did not take it in time; nothing more will arrive.
  virtual asio::awaitable<bool> write(std::string_view piece) = 0;
  // Waits so long. False: the client has gone or the server stops, and the body is to end.
  virtual asio::awaitable<bool> pause(std::chrono::milliseconds delay) = 0;

 protected:
  ~BodyWriter() = default;
};
using BodyStream = std::function<asio::awaitable<void>(BodyWriter& writer)>;

// What a handler wants done. The faults are for the lab: a console never sets them.
struct Reply {
  int status = 200;
  Headers headers;
  std::string body;
  BodyStream stream;                   // instead of `body`; ends the connection
  std::chrono::milliseconds delay{0};  // before the first byte
  bool reset = false;                  // close the connection without an answer
  std::optional<std::size_t>
      cut_after;  // send this many body bytes of the promised length, then close
};

// Incoming request: `origin` is not set; `target` is as it came.
using Handler = std::function<asio::awaitable<Reply>(Request)>;

struct TlsServerOptions {
  std::string certificate_pem;  // chain, leaf first
  std::string key_pem;
  bool plain = false;  // HTTP without TLS: refused for any address that is not a loopback one
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;               // 0: ephemeral
  std::size_t header_max = 32u << 10u;  // of request line and header together
  std::size_t body_max = 4u << 20u;
  std::chrono::milliseconds idle_max{60'000};  // between two requests
  // For one request, from its first byte to its last: no byte prolongs it. The first one of a
  // connection is counted from its opening, so that TLS is in it too.
  std::chrono::milliseconds request_max{60'000};
  std::chrono::milliseconds write_max{60'000};  // for an answer, or one piece of a stream
  // Where there are as many, a new connection takes the place of one that keeps us waiting
  // (http/crowd.hpp); if there is none, the new one is closed.
  std::size_t connections_max = 1024;
  std::size_t connections_per_address = 1024;
  bool gzip = true;  // compress answers over 1 KiB for clients that accept it
  // The answer to what never becomes a request: 400, 413, 431. Default: one without a body.
  std::function<Reply(int status)> refusal;
};

// Since the start, but for `open`.
struct ServerCounts {
  std::size_t open = 0;
  std::uint64_t accepted = 0;
  std::uint64_t turned_away = 0;  // no room, and nobody to make it
  std::uint64_t displaced = 0;    // made room for another
  std::uint64_t timed_out = 0;
  std::uint64_t no_tls = 0;    // handshakes that failed
  std::uint64_t unusable = 0;  // answered by `refusal`
};

// HTTPS/1.1 with keep-alive. Accepting starts in `make` and ends in the destructor or in `stop`.
class TlsServer {
 public:
  static Result<std::unique_ptr<TlsServer>> make(asio::any_io_executor executor,
                                                 const TlsServerOptions& options, Handler handler);
  ~TlsServer();
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] ServerCounts counts() const;
  void stop();

 private:
  struct State;
  explicit TlsServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace clawback::http
