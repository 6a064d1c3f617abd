#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "http/transport.hpp"

namespace clawback::http {

struct TlsClientOptions {
  std::optional<std::string> ca_file;          // PEM bundle that is trusted besides the system's
  std::size_t connections_max = 16;            // per origin; further requests wait for a free one
  std::chrono::milliseconds idle_max{30'000};  // an idle connection older than this is not reused
};

// HTTPS/1.1 with keep-alive. TLS 1.2 or newer; chain and host name are always verified. Accepts
// gzip. A request on a kept connection that the server closed before answering anything is sent
// once more on a new connection if its method is GET; otherwise it is Errc::outcome_unknown.
class TlsClient final : public Transport {
 public:
  // Errc::invalid if the CA file can't be used.
  static Result<std::unique_ptr<TlsClient>> make(asio::any_io_executor executor,
                                                 const TlsClientOptions& options);
  ~TlsClient() override;
  asio::awaitable<Result<Response>> send(const Request& request) override;
  void close_idle();

 private:
  struct State;
  explicit TlsClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace clawback::http
