#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <boost/asio/this_coro.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/file.hpp"
#include "graph/client.hpp"
#include "http/run.hpp"
#include "http/tls_client.hpp"
#include "lab/server.hpp"

namespace clawback::tests {

namespace asio = boost::asio;

// A lab over TLS, and clients of its two identities.
class LabRig {
 public:
  explicit LabRig(const lab::Options& options = {}) {
    auto started = lab::Server::start(options);
    if (!started) FAIL(started.error().message);
    server = *std::move(started);
    std::string name = (std::filesystem::temp_directory_path() / "clawback-lab-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder_ = name;
    REQUIRE(write_file(folder_ / "ca.pem", server->ca_pem()));
  }
  LabRig(const LabRig&) = delete;
  LabRig& operator=(const LabRig&) = delete;
  ~LabRig() { std::filesystem::remove_all(folder_); }

  enum class As { read, write };
  using Task = std::function<asio::awaitable<void>(graph::Writer&, auth::TokenSource&)>;

  // Waiting is cut short: the lab does not mind.
  void run(As as, Task task) {
    http::run([&]() -> asio::awaitable<void> {
      const auto executor = co_await asio::this_coro::executor;
      http::TlsClientOptions options;
      options.ca_file = ca_file();
      auto client = http::TlsClient::make(executor, options);
      if (!client) FAIL(client.error().message);
      auth::TokenSource tokens(identity(as), **client, system_now);
      http::RetryHooks hooks = http::system_hooks();
      hooks.sleep = [](std::chrono::milliseconds) -> asio::awaitable<void> { co_return; };
      graph::Writer writer(**client, tokens, origin(), hooks);
      co_await task(writer, tokens);
    });
  }

  [[nodiscard]] http::Origin origin() const { return *http::parse_origin(server->url()); }

  [[nodiscard]] std::string ca_file() const { return (folder_ / "ca.pem").string(); }

  std::unique_ptr<lab::Server> server;

 private:
  [[nodiscard]] auth::Identity identity(As as) const {
    auth::Identity out;
    out.tenant_id = server->tenant_id();
    out.login = origin();
    out.graph = origin();
    if (as == As::read) {
      out.name = "read";
      out.client_id = server->read_client_id();
      out.credential = auth::ClientSecret{.value = Secret(server->read_secret())};
    } else {
      out.name = "write";
      out.client_id = server->write_client_id();
      out.credential = auth::ClientCertificate{.certificate_pem = server->write_certificate_pem(),
                                               .key_pem = Secret(server->write_key_pem())};
    }
    return out;
  }

  std::filesystem::path folder_;
};

}  // namespace clawback::tests
