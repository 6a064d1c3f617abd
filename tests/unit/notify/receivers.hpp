#pragma once

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "http/run.hpp"
#include "http/tls_client.hpp"
#include "http/tls_server.hpp"
#include "notify/deliver.hpp"
#include "support/certificates.hpp"
#include "support/folder.hpp"

namespace clawback::notify::test {

inline const clawback::test::Authority& authority() {
  static const clawback::test::Authority ours("notify authority");
  return ours;
}
inline std::string ca_file() {
  static const clawback::test::TemporaryFile file(authority().certificate_pem());
  return file.path();
}
inline std::unique_ptr<http::TlsClient> client(const asio::any_io_executor& executor) {
  auto made = http::TlsClient::make(executor, {.ca_file = ca_file()});
  return std::move(*made);
}

// An HTTPS receiver that answers with the statuses that are queued, then with 200.
class Receiver {
 public:
  explicit Receiver(const asio::any_io_executor& executor) {
    const auto pem = authority().issue("IP:127.0.0.1");
    http::TlsServerOptions options;
    options.certificate_pem = pem.certificate;
    options.key_pem = pem.key;
    auto made = http::TlsServer::make(
        executor, options, [this](http::Request request) -> asio::awaitable<http::Reply> {
          requests.push_back(std::move(request));
          http::Reply reply;
          if (!answers.empty()) {
            reply = answers.front();
            answers.pop_front();
          }
          co_return reply;
        });
    server_ = std::move(*made);
  }
  [[nodiscard]] std::string url(const std::string& path = "/hook") const {
    return "https://127.0.0.1:" + std::to_string(server_->port()) + path;
  }
  void answer(int status, http::Headers headers = {}) {
    http::Reply reply;
    reply.status = status;
    reply.headers = std::move(headers);
    answers.push_back(std::move(reply));
  }
  std::vector<http::Request> requests;
  std::deque<http::Reply> answers;

 private:
  std::unique_ptr<http::TlsServer> server_;
};

// HMAC-SHA256 through another interface than the code's own.
inline std::string independent_hmac(const std::string& key, const std::string& bytes) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(
      EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free);
  const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(
      EVP_MAC_CTX_new(mac.get()), &EVP_MAC_CTX_free);
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                                   OSSL_PARAM_construct_end()};
  std::array<unsigned char, 32> out{};
  std::size_t size = 0;
  REQUIRE(EVP_MAC_init(context.get(), reinterpret_cast<const unsigned char*>(key.data()),
                       key.size(), parameters) == 1);
  EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  REQUIRE(EVP_MAC_final(context.get(), out.data(), &size, out.size()) == 1);
  return hex(out);
}

inline Means means(std::map<std::string, std::string> environment) {
  Means out;
  out.environment = [environment = std::move(environment)](
                        const std::string& name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    if (found == environment.end()) return std::nullopt;
    return found->second;
  };
  out.locate = [](const std::filesystem::path& path) -> Result<std::filesystem::path> {
    return path;
  };
  out.now = [] { return *parse_time("2026-11-23T09:00:00Z"); };
  out.retry_delay = std::chrono::milliseconds(1);
  return out;
}

inline Target webhook(const std::string& url, const std::string& name = "soc") {
  return {.name = name, .url = url, .secret = {.env = "KEY", .file = {}}};
}

using clawback::test::Folder;

inline void on_loop(std::function<asio::awaitable<void>(asio::any_io_executor)> body) {
  http::run([&]() -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    co_await body(executor);
  });
}

}  // namespace clawback::notify::test
