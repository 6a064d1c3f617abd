#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "http/run.hpp"
#include "http/tls_client.hpp"
#include "http/tls_context.hpp"
#include "http/tls_server.hpp"
#include "http/tls_stream.hpp"
#include "support/certificates.hpp"

namespace clawback::http::test {

inline const clawback::test::Authority& authority() {
  static const clawback::test::Authority ours("test authority");
  return ours;
}

inline const clawback::test::Pem& leaf() {
  static const auto pem = authority().issue("DNS:localhost,IP:127.0.0.1");
  return pem;
}

inline std::string ca_file() {
  static const clawback::test::TemporaryFile file(authority().certificate_pem());
  return file.path();
}

inline asio::awaitable<void> give_way() {
  const auto executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
}

inline std::unique_ptr<TlsClient> client(const asio::any_io_executor& executor,
                                         TlsClientOptions options = {}) {
  if (!options.ca_file) options.ca_file = ca_file();
  auto made = TlsClient::make(executor, options);
  return std::move(*made);
}

inline std::unique_ptr<TlsServer> server(const asio::any_io_executor& executor, Handler handler,
                                         TlsServerOptions options = {}) {
  if (options.certificate_pem.empty()) {
    options.certificate_pem = leaf().certificate;
    options.key_pem = leaf().key;
  }
  auto made = TlsServer::make(executor, options, std::move(handler));
  return std::move(*made);
}

inline Reply text(std::string body, int status = 200) {
  Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

inline Request get(const Origin& origin, std::string target = "/") {
  Request request;
  request.origin = origin;
  request.target = std::move(target);
  return request;
}

inline Request post(const Origin& origin, std::string body) {
  Request request = get(origin);
  request.method = "POST";
  request.body = std::move(body);
  return request;
}

// A server that speaks byte by byte what the test wants, good HTTP or not.
class RawServer {
 public:
  // `number` counts the connections from 1.
  using Script = std::function<asio::awaitable<void>(TlsStream& stream, int number)>;

  RawServer(const asio::any_io_executor& executor, Script script)
      : shared_(std::make_shared<Shared>(executor, std::move(script))) {
    asio::co_spawn(executor, accept(shared_), [](const std::exception_ptr&) {});
  }
  ~RawServer() {
    boost::system::error_code ignored;
    shared_->acceptor.close(ignored);
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  [[nodiscard]] Origin origin() const {
    return {.host = "127.0.0.1", .port = shared_->acceptor.local_endpoint().port()};
  }
  [[nodiscard]] int connections() const { return shared_->connections; }

 private:
  using tcp = asio::ip::tcp;
  struct Shared {
    Shared(const asio::any_io_executor& executor, Script wanted)
        : script(std::move(wanted)),
          acceptor(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
          context(std::move(*server_context(leaf().certificate, leaf().key))) {}
    Script script;
    tcp::acceptor acceptor;
    asio::ssl::context context;
    int connections = 0;
  };
  static asio::awaitable<void> serve(std::shared_ptr<Shared> shared, tcp::socket socket,
                                     int number) {
    TlsStream stream(std::move(socket), shared->context);
    if (co_await stream.handshake(asio::ssl::stream_base::server)) co_return;
    co_await shared->script(stream, number);
  }
  static asio::awaitable<void> accept(std::shared_ptr<Shared> shared) {
    for (;;) {
      auto [failed, socket] =
          co_await shared->acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
      if (failed) co_return;
      const int number = ++shared->connections;
      asio::co_spawn(shared->acceptor.get_executor(), serve(shared, std::move(socket), number),
                     [](const std::exception_ptr&) {});
    }
  }
  std::shared_ptr<Shared> shared_;
};

// One request without a body; empty when the client has gone.
inline asio::awaitable<std::string> read_head(TlsStream& stream) {
  std::string head;
  std::array<char, 4096> room{};
  while (!head.ends_with("\r\n\r\n")) {
    const auto read = co_await stream.read_some(room);
    if (read.failed) co_return std::string();
    head.append(room.data(), read.size);
  }
  co_return head;
}

// Runs the coroutine with an executor.
inline void on_loop(std::function<asio::awaitable<void>(asio::any_io_executor)> body) {
  run([&]() -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    co_await body(executor);
  });
}

}  // namespace clawback::http::test
