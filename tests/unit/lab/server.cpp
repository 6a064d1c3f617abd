#include "lab/server.hpp"

#include <doctest/doctest.h>

#include <boost/asio/this_coro.hpp>
#include <filesystem>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "http/run.hpp"
#include "http/tls_client.hpp"
#include "support/folder.hpp"

using namespace clawback;
using namespace clawback::lab;
using test::Folder;

namespace {

namespace asio = boost::asio;

Result<http::Response> exchange(const Folder& folder, const http::Request& request) {
  return http::await<Result<http::Response>>([&]() -> asio::awaitable<Result<http::Response>> {
    const auto executor = co_await asio::this_coro::executor;
    http::TlsClientOptions options;
    options.ca_file = (folder.path / "ca.pem").string();
    auto client = http::TlsClient::make(executor, options);
    REQUIRE(client);
    auto response = co_await (*client)->send(request);
    co_return response;
  });
}

std::unique_ptr<Server> start(const Options& options = {}) {
  auto server = Server::start(options);
  REQUIRE(server);
  return *std::move(server);
}

}  // namespace

TEST_CASE("server: a token and a page over TLS, with the CA that it made") {
  const auto server = start();
  const Folder folder;
  REQUIRE(server->write_config(folder.path, "policies/default"));
  http::Request ask{.method = "POST",
                    .origin = *http::parse_origin(server->url()),
                    .target = "/" + server->tenant_id() + "/oauth2/v2.0/token",
                    .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                    .body = "grant_type=client_credentials&client_id=" + server->read_client_id() +
                            "&client_secret=" + server->read_secret() + "&scope=" + server->url() +
                            "/.default"};
  const auto token = exchange(folder, ask);
  REQUIRE(token);
  REQUIRE(token->status == 200);
  const auto body = parse_json(token->body);
  REQUIRE(body);
  http::Request list{
      .method = "GET",
      .origin = ask.origin,
      .target = "/v1.0/oauth2PermissionGrants?$top=5",
      .headers = {{"Authorization", "Bearer " + string_at(*body, "access_token").value_or("")}}};
  const auto page = exchange(folder, list);
  REQUIRE(page);
  CHECK(page->status == 200);
  const auto grants = parse_json(page->body);
  REQUIRE(grants);
  CHECK(array_at(*grants, "value")->size() == 5);
  CHECK(string_at(*grants, "@odata.nextLink")->starts_with(server->url() + "/v1.0/"));
  CHECK(server->seen().size() == 2);
}

TEST_CASE("server: the configuration has no secret in it, and the secrets are private") {
  const auto server = start();
  const Folder folder;
  REQUIRE(server->write_config(folder.path, "policies/default"));
  const auto toml = read_file(folder.path / "clawback.toml");
  REQUIRE(toml);
  CHECK(toml->contains("graph = \"" + server->url() + "\""));
  CHECK(toml->contains("sqlite:///" + folder.path.string() + "/clawback.db"));
  CHECK_FALSE(toml->contains(server->read_secret()));
  for (const std::string_view name : {"read.secret", "write.key"}) {
    CAPTURE(name);
    const auto mode = std::filesystem::status(folder.path / name).permissions();
    CHECK((mode & std::filesystem::perms::all) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    CHECK(read_secret_file(folder.path / name));
  }
}

TEST_CASE("server: the tenant can be looked at and changed, and exceptions come back") {
  const auto server = start();
  std::string before;
  server->with_tenant([&](Tenant& tenant) {
    before = state_digest(tenant);
    tenant.grants.clear();
  });
  server->with_tenant([&](Tenant& tenant) { CHECK(state_digest(tenant) != before); });
  CHECK_THROWS_AS(server->with_tenant([](Tenant&) { throw std::runtime_error("x"); }),
                  std::runtime_error);
}
