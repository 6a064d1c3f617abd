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

#include "http/message.hpp"

namespace clawback::http {

namespace asio = boost::asio;

// What a handler wants done. The faults are for the lab: a console never sets them.
struct Reply {
  int status = 200;
  Headers headers;
  std::string body;
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
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: ephemeral
  std::size_t body_max = 4u << 20u;
  std::chrono::milliseconds idle_max{60'000};
  bool gzip = true;  // compress answers over 1 KiB for clients that accept it
};

// HTTPS/1.1 with keep-alive. Accepting starts in `make` and ends in the destructor or in `stop`.
class TlsServer {
 public:
  static Result<std::unique_ptr<TlsServer>> make(asio::any_io_executor executor,
                                                 const TlsServerOptions& options, Handler handler);
  ~TlsServer();
  [[nodiscard]] std::uint16_t port() const;
  void stop();

 private:
  struct State;
  explicit TlsServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace clawback::http
