#include "auth/sign_in.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <functional>
#include <optional>

#include "auth/issuer.hpp"
#include "auth/token.hpp"
#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/safe_text.hpp"
#include "http/run.hpp"
#include "http/tls_client.hpp"
#include "lab/server.hpp"

using namespace clawback;
using namespace clawback::auth;

namespace {

namespace asio = http::asio;
using asio::ip::tcp;

struct Bench {
  explicit Bench(std::vector<lab::Fault> faults = {}) {
    lab::Options options;
    options.tenant.users = 20;
    options.faults = std::move(faults);
    server = *lab::Server::start(options);
    folder = std::filesystem::temp_directory_path() / ("clawback-sign-in-" + random_guid());
    REQUIRE(server->write_config(folder, folder));
    server->with_tenant([&](lab::Tenant& tenant) {
      client_id = tenant.approve_client_id;
      person = tenant.approvers.at(0);
    });
  }
  ~Bench() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  template <class T>
  Result<T> with(std::function<asio::awaitable<Result<T>>(http::Transport&)> use) {
    return http::await<Result<T>>([&]() -> asio::awaitable<Result<T>> {
      const auto executor = co_await asio::this_coro::executor;
      auto client = http::TlsClient::make(executor, {.ca_file = (folder / "ca.pem").string()});
      REQUIRE(client);
      auto result = co_await use(**client);
      co_return result;
    });
  }

  std::unique_ptr<lab::Server> server;
  std::filesystem::path folder;
  std::string client_id;
  std::string person;
};

// The browser's second step: whatever the lab's redirect says is asked of the loopback.
asio::awaitable<void> bring(std::string location) {
  const auto executor = co_await asio::this_coro::executor;
  const std::string prefix = "http://localhost:";
  const std::size_t slash = location.find('/', prefix.size());
  const std::string port = location.substr(prefix.size(), slash - prefix.size());
  tcp::socket socket(executor);
  co_await socket.async_connect(
      tcp::endpoint(asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::stoi(port))),
      asio::use_awaitable);
  const std::string request =
      "GET " + location.substr(slash) + " HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n";
  co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
}

// The first step, through the same client: the lab signs in whom `more` names.
asio::awaitable<void> browse(std::string address, std::string more, http::Transport& transport) {
  const auto url = http::parse_url(address + more);
  REQUIRE(url);
  http::Request request;
  request.origin = url->origin;
  request.target = url->target;
  const auto answer = co_await transport.send(request);
  REQUIRE(answer);
  const std::string* location = http::find(answer->headers, "Location");
  REQUIRE(location != nullptr);
  co_await bring(*location);
}

Result<Secret> signed_in(Bench& bench, const std::string& more) {
  return bench.with<Secret>([&](http::Transport& transport) -> asio::awaitable<Result<Secret>> {
    const auto executor = co_await asio::this_coro::executor;
    SignIn wanted{.login = *http::parse_origin(bench.server->url()),
                  .tenant = bench.server->tenant_id(),
                  .client_id = bench.client_id,
                  .nonce = "n-1",
                  .timeout = std::chrono::seconds(10),
                  .show = [&, executor](const std::string& address) {
                    asio::co_spawn(executor, browse(address, more, transport), asio::detached);
                  }};
    auto token = co_await sign_in(std::move(wanted), transport);
    co_return token;
  });
}

}  // namespace

TEST_CASE("sign-in: the browser's way ends with a token that carries the nonce") {
  Bench bench;
  const auto token = signed_in(bench, "&login_hint=" + bench.person);
  REQUIRE_MESSAGE(token, token.error().message);
  const std::string text(token->reveal());
  const std::size_t first = text.find('.');
  const auto claims =
      parse_json(*from_base64url(text.substr(first + 1, text.rfind('.') - first - 1)));
  REQUIRE(claims);
  CHECK(string_at(*claims, "nonce") == "n-1");
  CHECK(string_at(*claims, "oid") == bench.person);
  CHECK(string_at(*claims, "aud") == bench.client_id);
}

TEST_CASE("sign-in: what Entra says no with is told in plain words, without code or token") {
  Bench bench;
  const auto no = signed_in(bench, "&lab_cancel=1");
  REQUIRE_FALSE(no);
  CHECK(no.error().code == Errc::unauthenticated);
  CHECK(no.error().message.find("did not agree") != std::string::npos);
  const auto nobody = signed_in(bench, "&login_hint=nobody@example");
  CHECK(nobody.error().message.find("does not exist") != std::string::npos);
}

TEST_CASE("sign-in: the token service is asked once with a code") {
  Bench bench({{.kind = lab::Fault::Kind::reset_after, .operation = "sts_code", .times = 1}});
  const auto lost = signed_in(bench, "&login_hint=" + bench.person);
  REQUIRE_FALSE(lost);
  CHECK(lost.error().code == Errc::unavailable);
  int asked = 0;
  for (const lab::Seen& seen : bench.server->seen()) asked += seen.operation == "sts_code" ? 1 : 0;
  CHECK(asked == 1);
  Bench garbled({{.kind = lab::Fault::Kind::garbage, .operation = "sts_code", .times = 1}});
  CHECK(signed_in(garbled, "&login_hint=" + garbled.person).error().code == Errc::protocol);
}

TEST_CASE("issuer: keys come from the login host, of the tenant that was asked for") {
  Bench bench;
  const auto origin = *http::parse_origin(bench.server->url());
  const auto fetched = [&](http::Origin login, std::string tenant) {
    return bench.with<std::string>(
        [&](http::Transport& transport) -> asio::awaitable<Result<std::string>> {
          auto keys = co_await fetch_keys(login, tenant, transport);
          co_return keys;
        });
  };
  const auto keys = fetched(origin, bench.server->tenant_id());
  REQUIRE_MESSAGE(keys, keys.error().message);
  CHECK(keys->find("\"kid\"") != std::string::npos);
  // The discovery document of "common" is of no tenant; one asked for by another name is of
  // another.
  CHECK(fetched(origin, "common").error().code == Errc::protocol);
  CHECK_FALSE(fetched(origin, random_guid()));
  http::Origin other = origin;
  other.host = "127.0.0.1";
  CHECK(fetched(other, bench.server->tenant_id()));
}

namespace {

// Answers every request alike: what a host between us and Entra could say.
struct Saying final : http::Transport {
  std::string body;
  int status = 200;
  bool lost = false;
  asio::awaitable<Result<http::Response>> send(const http::Request&) override {
    if (lost) co_return Error{.code = Errc::outcome_unknown, .message = "the answer was lost"};
    co_return http::Response{.status = status, .headers = {}, .body = body};
  }
};

std::string parameter(const std::string& address, const std::string& name) {
  const std::size_t begin = std::min(address.find(name + "="), address.size() - name.size() - 1);
  const std::string rest = address.substr(begin + name.size() + 1);
  return percent_decode(rest.substr(0, rest.find('&')), true).value_or("");
}

// A sign-in whose browser brings `query` and the state; nobody comes where it is empty.
Result<Secret> brought(const std::string& query, Saying& saying, std::string& address) {
  return http::await<Result<Secret>>([&]() -> asio::awaitable<Result<Secret>> {
    const auto executor = co_await asio::this_coro::executor;
    SignIn wanted{.login = {.host = "login.example", .port = 443},
                  .tenant = "t1",
                  .client_id = "app",
                  .nonce = "n-1",
                  .timeout = std::chrono::milliseconds(query.empty() ? 1 : 10'000),
                  .show = [&, executor](const std::string& url) {
                    address = url;
                    if (query.empty()) return;
                    asio::co_spawn(executor,
                                   bring(parameter(url, "redirect_uri") + "/?" + query +
                                         "&state=" + parameter(url, "state")),
                                   asio::detached);
                  }};
    auto token = co_await sign_in(std::move(wanted), saying);
    co_return token;
  });
}

}  // namespace

TEST_CASE("sign-in: the address asks for credentials, and nothing in it is used twice") {
  Saying saying;
  std::string first;
  std::string second;
  CHECK(brought("", saying, first).error().code == Errc::unauthenticated);
  CHECK_FALSE(brought("", saying, second));
  CHECK(first.starts_with("https://login.example/t1/oauth2/v2.0/authorize?"));
  CHECK(parameter(first, "prompt") == "login");
  CHECK(parameter(first, "nonce") == "n-1");
  CHECK(parameter(first, "response_type") == "code");
  CHECK(parameter(first, "code_challenge_method") == "S256");
  for (const char* const name : {"state", "code_challenge"}) {
    CAPTURE(name);
    CHECK(parameter(first, name).size() == 43);
    CHECK(parameter(first, name) != parameter(second, name));
  }
}

TEST_CASE("sign-in: what comes back is bounded, and an answer without a token is none") {
  Saying saying;
  std::string address;
  saying.body = R"({"id_token":"eyJ0"})";
  const auto good = brought("code=c", saying, address);
  REQUIRE_MESSAGE(good, good.error().message);
  CHECK(good->reveal() == "eyJ0");
  const auto refused = [&](const std::string& query) {
    const auto token = brought(query, saying, address);
    REQUIRE_FALSE(token);
    CHECK(token.error().message.find("ccccc") == std::string::npos);
    return token.error().code;
  };
  CHECK(refused("code=" + std::string((8u << 10u) + 1, 'c')) == Errc::protocol);
  CHECK(refused("error=access_denied") == Errc::unauthenticated);
  for (const std::string& body :
       {std::string("{}"), std::string(R"({"id_token":""})"), std::string(R"({"id_token":7})"),
        R"({"id_token":")" + std::string((16u << 10u) + 1, 'c') + R"("})"}) {
    saying.body = body;
    CHECK(refused("code=c") == Errc::protocol);
  }
  saying.status = 400;
  saying.body = R"({"id_token":"eyJ0"})";
  CHECK_FALSE(brought("code=c", saying, address));
  saying.lost = true;
  CHECK(refused("code=c") == Errc::unavailable);
}

TEST_CASE("issuer: only an answer is an answer") {
  const http::Origin login{.host = "login.example", .port = 443};
  Saying saying;
  saying.body = R"({"issuer":"https://login.example/t1/v2.0","jwks_uri":"https://login.example/k",)"
                R"("keys":[]})";
  const auto code = [&] {
    const auto keys =
        http::await<Result<std::string>>([&]() -> asio::awaitable<Result<std::string>> {
          auto fetched = co_await fetch_keys(login, "t1", saying);
          co_return fetched;
        });
    return keys ? Errc::internal : keys.error().code;
  };
  CHECK(code() == Errc::internal);
  saying.status = 404;
  CHECK(code() == Errc::protocol);
  saying.lost = true;
  CHECK(code() == Errc::unavailable);
}

TEST_CASE("issuer: a discovery document that points elsewhere is not followed") {
  const http::Origin login{.host = "login.example", .port = 443};
  struct Case {
    std::string_view name;
    std::string issuer;
    std::string jwks;
    std::string_view says;
  };
  const Case cases[] = {
      {"another issuer", "https://evil.example/t1/v2.0", "https://login.example/k",
       "another issuer"},
      {"another tenant", "https://login.example/t2/v2.0", "https://login.example/k",
       "another issuer"},
      {"keys elsewhere", "https://login.example/t1/v2.0", "https://evil.example/k", "another host"},
      {"keys on another port", "https://login.example/t1/v2.0", "https://login.example:444/k",
       "another host"},
      {"keys in the clear", "https://login.example/t1/v2.0", "http://login.example/k",
       "another host"},
      {"no keys", "https://login.example/t1/v2.0", "https://login.example/k", "no JWKS"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Saying saying;
    saying.body = "{\"issuer\":\"" + c.issuer + "\",\"jwks_uri\":\"" + c.jwks + "\"}";
    const auto keys =
        http::await<Result<std::string>>([&]() -> asio::awaitable<Result<std::string>> {
          auto fetched = co_await fetch_keys(login, "t1", saying);
          co_return fetched;
        });
    REQUIRE_FALSE(keys);
    CHECK(keys.error().code == Errc::protocol);
    CHECK_MESSAGE(keys.error().message.find(c.says) != std::string::npos, keys.error().message);
  }
}
