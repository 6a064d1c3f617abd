#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "auth/token.hpp"
#include "base/json.hpp"
#include "http/run.hpp"
#include "http/tls_client.hpp"
#include "http/tls_server.hpp"
#include "verify.hpp"

using namespace clawback;
using namespace clawback::auth;
using namespace clawback::auth::test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view secret = "s3cr~t+/=&%value";

asio::awaitable<void> give_way() {
  const auto executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::map<std::string, std::string> form_of(std::string_view body) {
  std::map<std::string, std::string> form;
  while (!body.empty()) {
    const std::string_view field = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(field.size() + 1, body.size()));
    const std::size_t equals = field.find('=');
    form[decoded(field.substr(0, equals))] = decoded(field.substr(equals + 1));
  }
  return form;
}

// Entra ID's token endpoint as far as these tests go: it checks what it is sent.
struct TokenService {
  std::uint16_t port = 0;
  int asked = 0;
  bool hold = false;  // answer nobody yet
  int cut = 0;        // hang up on that many requests
  std::set<std::string> used_ids;
  std::function<http::Reply()> reply;

  std::string rejection(const http::Request& request) {
    if (request.method != "POST" || request.target != "/tenant-1/oauth2/v2.0/token") return "path";
    const auto form = form_of(request.body);
    const auto field = [&](const char* name) {
      const auto found = form.find(name);
      return found == form.end() ? std::string() : found->second;
    };
    if (field("grant_type") != "client_credentials") return "grant_type";
    if (field("client_id") != "client-1") return "client_id";
    if (field("scope") != "https://graph.example/.default") return "scope";
    if (form.contains("client_secret")) return field("client_secret") == secret ? "" : "secret";
    if (field("client_assertion_type") !=
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") {
      return "assertion type";
    }
    const std::string assertion = field("client_assertion");
    if (!verifies(certificate(), assertion)) return "signature";
    const auto claims = *parse_json(*from_base64url(split(assertion).payload));
    const std::string audience =
        "https://127.0.0.1:" + std::to_string(port) + "/tenant-1/oauth2/v2.0/token";
    if (string_at(claims, "aud") != audience) return "audience";
    if (!used_ids.insert(*string_at(claims, "jti")).second) return "jti used twice";
    return "";
  }

  asio::awaitable<http::Reply> handle(http::Request request) {
    ++asked;
    while (hold) co_await give_way();
    http::Reply out;
    if (cut-- > 0) {
      out.reset = true;
      co_return out;
    }
    if (reply) co_return reply();
    const std::string why = rejection(request);
    if (why.empty()) {
      out.body = R"({"token_type":"Bearer","expires_in":3599,"access_token":"token-)" +
                 std::to_string(asked) + R"("})";
    } else {
      out.status = 401;
      out.body = R"({"error":"invalid_client","error_description":"AADSTS7000215: )" + why +
                 R"(","error_codes":[7000215]})";
    }
    co_return out;
  }
};

struct World {
  TokenService service;
  Time now = *parse_time("2026-11-23T12:00:00Z");
  std::unique_ptr<http::TlsServer> server;
  std::unique_ptr<http::TlsClient> client;
  std::unique_ptr<TokenSource> source;
};

Credential good_secret() { return ClientSecret{.value = Secret(std::string(secret))}; }

// Runs the test body against a token service on loopback.
void in_world(Credential credential, std::function<asio::awaitable<void>(World&)> body) {
  static const clawback::test::Authority authority("token service");
  static const clawback::test::TemporaryFile ca(authority.certificate_pem());
  static const auto leaf = authority.issue("IP:127.0.0.1");
  http::run([&]() -> asio::awaitable<void> {
    World world;
    const auto executor = co_await asio::this_coro::executor;
    http::TlsServerOptions options;
    options.certificate_pem = leaf.certificate;
    options.key_pem = leaf.key;
    auto server = http::TlsServer::make(executor, options, [&](http::Request request) {
      return world.service.handle(std::move(request));
    });
    world.server = std::move(*server);
    world.service.port = world.server->port();
    auto client = http::TlsClient::make(executor, {.ca_file = ca.path()});
    world.client = std::move(*client);
    Identity identity{.name = "read",
                      .tenant_id = "tenant-1",
                      .client_id = "client-1",
                      .login = {.host = "127.0.0.1", .port = world.server->port()},
                      .graph = {.host = "graph.example"},
                      .credential = std::move(credential)};
    world.source = std::make_unique<TokenSource>(std::move(identity), *world.client,
                                                 [&world] { return world.now; });
    co_await body(world);
  });
}

http::Reply json_reply(std::string body) {
  http::Reply reply;
  reply.body = std::move(body);
  return reply;
}

}  // namespace

TEST_CASE("token: a secret is exchanged for a token, which is kept") {
  in_world(good_secret(), [](World& world) -> asio::awaitable<void> {
    const auto first = co_await world.source->authorization();
    REQUIRE(first);
    CHECK(*first == "Bearer token-1");
    const auto second = co_await world.source->authorization();
    CHECK(*second == "Bearer token-1");
    CHECK(world.service.asked == 1);
  });
}

TEST_CASE("token: a certificate is exchanged for a token, each time with a new assertion") {
  const auto& pem = certificate();
  ClientCertificate credential{.certificate_pem = pem.certificate, .key_pem = Secret(pem.key)};
  in_world(std::move(credential), [](World& world) -> asio::awaitable<void> {
    const auto first = co_await world.source->authorization();
    REQUIRE(first);
    world.source->forget(*first);
    const auto second = co_await world.source->authorization();
    REQUIRE(second);
    CHECK(*second == "Bearer token-2");
    CHECK(world.service.used_ids.size() == 2);
  });
}

TEST_CASE("token: is renewed five minutes before its end, or at half of a short life") {
  struct Case {
    std::string_view expires_in;
    std::chrono::seconds kept_until;
  };
  for (const Case& c :
       {Case{"3599", 3299s}, Case{"\"3599\"", 3299s}, Case{"120", 60s}, Case{"600", 300s}}) {
    in_world(good_secret(), [&](World& world) -> asio::awaitable<void> {
      CAPTURE(c.expires_in);
      world.service.reply = [&] {
        return json_reply(R"({"token_type":"bearer","access_token":"t","expires_in":)" +
                          std::string(c.expires_in) + "}");
      };
      const Time begin = world.now;
      for (const auto& [age, asked] :
           {std::pair{0s, 1}, std::pair{c.kept_until - 1s, 1}, std::pair{c.kept_until, 2}}) {
        world.now = begin + age;
        const auto token = co_await world.source->authorization();
        CHECK(token);
        CHECK(world.service.asked == asked);
      }
    });
  }
}

TEST_CASE("token: 20 callers at once are one request") {
  in_world(good_secret(), [](World& world) -> asio::awaitable<void> {
    world.service.hold = true;
    int right = 0;
    int waiting = 0;
    std::vector<std::function<asio::awaitable<void>()>> tasks;
    tasks.reserve(50);
    for (int i = 0; i < 20; ++i) {
      tasks.emplace_back([&]() -> asio::awaitable<void> {
        ++waiting;
        const auto token = co_await world.source->authorization();
        if (token && *token == "Bearer token-1") ++right;
      });
    }
    tasks.emplace_back([&]() -> asio::awaitable<void> {
      while (waiting < 20 || world.service.asked == 0) co_await give_way();
      world.service.hold = false;
    });
    co_await http::run_all(std::move(tasks), 21);
    CHECK(right == 20);
    CHECK(world.service.asked == 1);
  });
}

TEST_CASE("token: those who wait for a failing sign-in share its error") {
  in_world(ClientSecret{.value = Secret("wrong")}, [](World& world) -> asio::awaitable<void> {
    int failed = 0;
    const std::function<asio::awaitable<void>()> ask = [&]() -> asio::awaitable<void> {
      const auto token = co_await world.source->authorization();
      if (!token && token.error().code == Errc::unauthenticated) ++failed;
    };
    co_await http::run_all(std::vector(5, ask), 5);
    CHECK(failed == 5);
    CHECK(world.service.asked == 1);
    co_await ask();
    CHECK(world.service.asked == 2);
  });
}

TEST_CASE("token: a first caller who is cancelled leaves nobody waiting") {
  in_world(good_secret(), [](World& world) -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    world.service.hold = true;
    asio::cancellation_signal signal;
    bool first_over = false;
    const auto first = [&]() -> asio::awaitable<void> {
      (void)co_await world.source->authorization();
    };
    asio::co_spawn(executor, first,
                   asio::bind_cancellation_slot(
                       signal.slot(), [&](const std::exception_ptr&) { first_over = true; }));
    while (world.service.asked == 0) co_await give_way();
    int right = 0;
    int started = 0;
    std::vector<std::function<asio::awaitable<void>()>> tasks;
    tasks.reserve(50);
    for (int i = 0; i < 3; ++i) {
      tasks.emplace_back([&]() -> asio::awaitable<void> {
        ++started;
        const auto token = co_await world.source->authorization();
        if (token) ++right;
      });
    }
    tasks.emplace_back([&]() -> asio::awaitable<void> {
      while (started < 3) co_await give_way();
      signal.emit(asio::cancellation_type::terminal);
      while (!first_over) co_await give_way();
      world.service.hold = false;
    });
    co_await http::run_all(std::move(tasks), 4);
    CHECK(right == 3);
    CHECK(world.service.asked == 2);
  });
}

TEST_CASE("token: forget drops exactly the token that was refused") {
  in_world(good_secret(), [](World& world) -> asio::awaitable<void> {
    const auto first = co_await world.source->authorization();
    world.source->forget("Bearer another");
    (void)co_await world.source->authorization();
    CHECK(world.service.asked == 1);
    world.source->forget(*first);
    const auto second = co_await world.source->authorization();
    CHECK(*second == "Bearer token-2");
    // A second request that was refused with the old token does not drop the new one.
    world.source->forget(*first);
    const auto third = co_await world.source->authorization();
    CHECK(*third == "Bearer token-2");
    CHECK(world.service.asked == 2);
  });
}

TEST_CASE("token: a wrong secret is explained, and is in no part of the error") {
  in_world(ClientSecret{.value = Secret("wr0ng-value")}, [](World& world) -> asio::awaitable<void> {
    const auto token = co_await world.source->authorization();
    REQUIRE_FALSE(token);
    const Error& error = token.error();
    CHECK(error.code == Errc::unauthenticated);
    CHECK(error.message.find("AADSTS7000215: the client secret is wrong") != std::string::npos);
    std::string all = error.message + error.hint;
    for (const auto& [name, value] : error.details) all += name + value;
    CHECK(all.find("wr0ng") == std::string::npos);
  });
}

TEST_CASE("token: a lost answer is asked for once more") {
  struct Case {
    int cut;
    bool token;
  };
  for (const Case& c : {Case{1, true}, Case{2, false}}) {
    in_world(good_secret(), [&](World& world) -> asio::awaitable<void> {
      CAPTURE(c.cut);
      world.service.cut = c.cut;
      const auto token = co_await world.source->authorization();
      CHECK(static_cast<bool>(token) == c.token);
      // Nothing is unknown about the request that the token was for: it was never sent.
      if (!token) CHECK(token.error().code == Errc::unavailable);
      CHECK(world.service.asked == 2);
    });
  }
}

TEST_CASE("token: nonsense from the token service is no token") {
  struct Case {
    std::string_view name;
    std::string body;
  };
  const std::string head = R"({"token_type":"Bearer","access_token":"leak-me","expires_in":)";
  const Case cases[] = {
      {"empty", ""},
      {"no JSON", "<html>leak-me</html>"},
      {"no object", "[1]"},
      {"no token", R"({"token_type":"Bearer","expires_in":3599})"},
      {"empty token", R"({"token_type":"Bearer","expires_in":3599,"access_token":""})"},
      {"number for a token", R"({"token_type":"Bearer","expires_in":3599,"access_token":7})"},
      {"token that breaks out of a header",
       R"({"token_type":"Bearer","expires_in":3599,"access_token":"leak-me\r\nX: y"})"},
      {"other type", R"({"token_type":"mac","expires_in":3599,"access_token":"leak-me"})"},
      {"no type", R"({"expires_in":3599,"access_token":"leak-me"})"},
      {"no end", R"({"token_type":"Bearer","access_token":"leak-me"})"},
      {"zero", head + "0}"},
      {"negative", head + "-1}"},
      {"negative as text", head + R"("-1"})"},
      {"words", head + R"("soon"})"},
      {"number and words", head + R"("3599s"})"},
      {"for ever", head + "99999999999}"},
      {"null", head + "null}"},
  };
  for (const Case& c : cases) {
    in_world(good_secret(), [&](World& world) -> asio::awaitable<void> {
      CAPTURE(c.name);
      world.service.reply = [&] { return json_reply(c.body); };
      const auto token = co_await world.source->authorization();
      REQUIRE_FALSE(token);
      CHECK(token.error().code == Errc::protocol);
      CHECK(token.error().message.find("leak-me") == std::string::npos);
      world.service.reply = nullptr;
      const auto next = co_await world.source->authorization();
      CHECK(next);
    });
  }
}

TEST_CASE("token: nobody there is unavailable") {
  in_world(good_secret(), [](World& world) -> asio::awaitable<void> {
    world.server->stop();
    const auto token = co_await world.source->authorization();
    REQUIRE_FALSE(token);
    CHECK(token.error().code == Errc::unavailable);
    CHECK(token.error().message.find("\"read\"") != std::string::npos);
  });
}

TEST_CASE("token: calls that never end are taken down with their loop") {
  in_world(good_secret(), [](World& world) -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    world.service.hold = true;
    for (int i = 0; i < 2; ++i) {
      const auto ask = [](TokenSource* source) -> asio::awaitable<void> {
        (void)co_await source->authorization();
      };
      asio::co_spawn(executor, ask(world.source.get()), [](const std::exception_ptr&) {});
    }
    while (world.service.asked == 0) co_await give_way();
  });
  CHECK(true);
}
