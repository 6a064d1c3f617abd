#include "graph/client.hpp"

#include <doctest/doctest.h>

#include "scripted.hpp"

using namespace clawback;
using namespace clawback::tests;

namespace {

Result<graph::Answer> send_now(Rig& rig, const graph::Call& call) {
  Result<graph::Answer> out = graph::Answer{};
  http::run([&]() -> asio::awaitable<void> { out = co_await rig.writer.send(call, "my-id"); });
  return out;
}

Result<graph::Answer> send(Rig& rig, const graph::Call& call) {
  http::run([&]() -> asio::awaitable<void> { co_await rig.writer.ready(call.path, 1); });
  return send_now(rig, call);
}

Result<graph::Answer> get(Rig& rig, const graph::Call& call) {
  Result<graph::Answer> out = graph::Answer{};
  http::run([&]() -> asio::awaitable<void> { out = co_await rig.reader.get(call); });
  return out;
}

std::string detail(const Error& error, std::string_view name) {
  for (const auto& [key, value] : error.details) {
    if (key == name) return value;
  }
  return "-";
}

}  // namespace

TEST_CASE("writer: a stored request goes out as it is, with the caller's id") {
  ScriptedGraph graph;
  graph.otherwise([](const http::Request&) -> Result<http::Response> { return status(204, ""); });
  Rig rig(graph);
  const graph::Call call{.operation = "servicePrincipal_update",
                         .method = "PATCH",
                         .path = "/v1.0/servicePrincipals/s-1",
                         .body = json::object{{"accountEnabled", false}}};
  const auto answer = send(rig, call);
  REQUIRE(answer);
  CHECK(answer->status == 204);
  CHECK(answer->body.is_null());
  CHECK(answer->client_request_id == "my-id");
  REQUIRE(graph.asked.size() == 1);
  CHECK(graph.asked[0].method == "PATCH");
  CHECK(graph.asked[0].target == "/v1.0/servicePrincipals/s-1");
  CHECK(graph.asked[0].body == R"({"accountEnabled":false})");
  CHECK(graph.asked[0].client_request_id == "my-id");
}

TEST_CASE("writer: whatever is not a write that clawback knows is refused unsent") {
  struct Case {
    std::string_view name;
    std::string operation;
    std::string method;
    std::string path;
  };
  const Case cases[] = {
      {"a read", "oauth2PermissionGrant_get", "GET", "/v1.0/oauth2PermissionGrants/g"},
      {"a batch", "batch_post", "POST", "/v1.0/$batch"},
      {"deleting an app", "servicePrincipal_delete", "DELETE", "/v1.0/servicePrincipals/s"},
      {"another operation's name", "servicePrincipal_update", "DELETE",
       "/v1.0/oauth2PermissionGrants/g"},
      {"no version", "oauth2PermissionGrant_delete", "DELETE", "/oauth2PermissionGrants/g"},
      {"beta", "oauth2PermissionGrant_delete", "DELETE", "/beta/oauth2PermissionGrants/g"},
      {"a query", "oauth2PermissionGrant_delete", "DELETE", "/v1.0/oauth2PermissionGrants/g?x=1"},
      {"climbing", "oauth2PermissionGrant_delete", "DELETE",
       "/v1.0/oauth2PermissionGrants/../users/u"},
      {"another host", "oauth2PermissionGrant_delete", "DELETE", "https://evil.example/v1.0/x"},
      {"lower-case method", "oauth2PermissionGrant_delete", "delete",
       "/v1.0/oauth2PermissionGrants/g"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    ScriptedGraph graph;
    Rig rig(graph);
    const auto answer = send_now(
        rig, {.operation = c.operation, .method = c.method, .path = c.path, .body = nullptr});
    REQUIRE(!answer);
    CHECK(answer.error().code == Errc::guard);
    CHECK(graph.asked.empty());
    CHECK(graph.tokens == 0);
  }
}

TEST_CASE("writer: a lost answer of a write is unknown and is not sent again") {
  ScriptedGraph graph;
  graph.otherwise(
      [](const http::Request&) -> Result<http::Response> { return failed(Errc::outcome_unknown); });
  Rig rig(graph);
  const auto answer = send(rig, graph::make_call("oauth2PermissionGrant_delete", {"g"}));
  REQUIRE(!answer);
  CHECK(answer.error().code == Errc::outcome_unknown);
  CHECK(detail(answer.error(), "client-request-id") == "my-id");
  CHECK(graph.asked.size() == 1);
}

TEST_CASE("writer: a write does not wait for a token, and a 401 is the caller's") {
  ScriptedGraph graph;
  graph.otherwise([](const http::Request&) -> Result<http::Response> { return status(401); });
  Rig rig(graph);
  const graph::Call call = graph::make_call("oauth2PermissionGrant_delete", {"g"});
  CHECK(rig.writer.held(call.path));
  const auto without = send_now(rig, call);
  REQUIRE(!without);
  CHECK(http::was_held_back(without.error()));
  CHECK(graph.tokens == 0);
  CHECK(graph.asked.empty());

  const auto refused = send(rig, call);
  REQUIRE(refused);
  CHECK(refused->status == 401);
  CHECK(graph.asked.size() == 1);
  CHECK(graph.tokens == 1);
  CHECK(rig.writer.held(call.path));
  CHECK(http::was_held_back(send_now(rig, call).error()));
  // The next one has a new token.
  CHECK(send(rig, call)->status == 401);
  CHECK(graph.tokens == 2);
  CHECK(graph.asked[0].authorization != graph.asked[1].authorization);
}

TEST_CASE("writer: what was held up on its way is held back when others have to wait") {
  ScriptedGraph graph;
  const graph::Call call = graph::make_call("oauth2PermissionGrant_delete", {"g"});
  const graph::Call other = graph::make_call("oauth2PermissionGrant_delete", {"h"});
  graph.on(call.path, {failed(Errc::unavailable), status(204, "")});
  graph.on(other.path, {status(429, "{}", {{"Retry-After", "240"}})});
  Rig rig(graph);
  http::run([&]() -> asio::awaitable<void> {
    co_await rig.writer.ready(call.path, 2);
    CHECK((co_await rig.writer.send(other, "a"))->status == 429);
    const auto answer = co_await rig.writer.send(call, "b");
    REQUIRE(!answer);
    CHECK(http::was_held_back(answer.error()));
  });
  CHECK(rig.slept.empty());
  CHECK(graph.asked.size() == 1);
}

TEST_CASE("reader: get refuses writes") {
  ScriptedGraph graph;
  Rig rig(graph);
  const auto answer = get(rig, graph::make_call("oauth2PermissionGrant_delete", {"g"}));
  REQUIRE(!answer);
  CHECK(answer.error().code == Errc::guard);
}

TEST_CASE("reader: a 401 is answered by one new token, a second one is handed over") {
  const graph::Call call = graph::make_call("user_get", {"u"});
  ScriptedGraph graph;
  graph.on(call.path, {status(401), ok(R"({"id":"u"})")});
  Rig rig(graph);
  const auto answer = get(rig, call);
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->request_id == "r-1");
  CHECK(graph.tokens == 2);

  ScriptedGraph refusing;
  refusing.on(call.path, {status(401)});
  Rig second(refusing);
  const auto refused = get(second, call);
  REQUIRE(refused);
  CHECK(refused->status == 401);
  CHECK(refusing.tokens == 2);
}

TEST_CASE("reader: a failed sign-in is an error without an operation") {
  class NoSignIn final : public http::Transport {
    asio::awaitable<Result<http::Response>> send(const http::Request&) override {
      co_return status(401,
                       R"({"error":"invalid_client","error_description":"AADSTS7000215: bad"})");
    }
  } graph;
  Rig rig(graph);
  const auto answer = get(rig, graph::make_call("user_get", {"u"}));
  REQUIRE(!answer);
  CHECK(answer.error().code == Errc::unauthenticated);
  CHECK(detail(answer.error(), "operation") == "-");
}

TEST_CASE("errors: only Graph's own words say that something is not there") {
  const graph::Call call = graph::make_call("user_get", {"u"});
  const auto answer = [](int status, json::value body) {
    return graph::Answer{
        .status = status, .body = std::move(body), .request_id = {}, .client_request_id = {}};
  };
  const json::value words =
      json::object{{"error", json::object{{"code", "Request_ResourceNotFound"}}}};
  const graph::Answer told = answer(404, words);
  CHECK(graph::says_not_there(told));
  CHECK(graph::says_not_there(graph::to_error(call, told)));
  // A gateway's page, and an error of another kind.
  for (const graph::Answer& other :
       {answer(404, nullptr), answer(404, "<html>"), answer(403, words)}) {
    CHECK_FALSE(graph::says_not_there(other));
    CHECK_FALSE(graph::says_not_there(graph::to_error(call, other)));
  }
}

TEST_CASE("errors: what Graph's error bodies mean") {
  struct Case {
    std::string_view name;
    int status;
    std::string_view body;
    Errc code;
    std::string_view said;
  };
  const Case cases[] = {
      {"plain", 404, R"({"error":{"code":"Request_ResourceNotFound","message":"No."}})",
       Errc::not_found, "Request_ResourceNotFound"},
      {"empty code, inner code", 400,
       R"({"error":{"code":"","innererror":{"code":"invalidRange"}}})", Errc::protocol,
       "invalidRange"},
      {"no premium", 403,
       R"({"error":{"code":"Authentication_RequestFromNonPremiumTenantOrB2CTenant"}})",
       Errc::not_licensed, "Authentication_RequestFromNonPremiumTenantOrB2CTenant"},
      {"denied", 403, R"({"error":{"code":"Authorization_RequestDenied"}})", Errc::denied,
       "Authorization_RequestDenied"},
      {"conflict", 409, R"({"error":{"code":"X"}})", Errc::conflict, "X"},
      {"throttled", 429, "{}", Errc::throttled, ""},
      {"gateway", 502, "", Errc::unavailable, ""},
      {"error is a string", 400, R"({"error":"bad"})", Errc::protocol, ""},
      {"hostile text", 400, "{\"error\":{\"code\":\"a\\u001b[2J\"}}", Errc::protocol,
       "a<U+001B>[2J"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    graph::Answer answer{
        .status = c.status, .body = nullptr, .request_id = "r", .client_request_id = "c"};
    auto body = parse_json(c.body);
    if (body) answer.body = *body;
    const Error error = graph::to_error(graph::make_call("user_get", {"u"}), answer);
    CHECK(error.code == c.code);
    CHECK(detail(error, "code") == c.said);
    CHECK(detail(error, "status") == std::to_string(c.status));
    CHECK(detail(error, "request-id") == "r");
    CHECK(detail(error, "client-request-id") == "c");
    CHECK(detail(error, "operation") == "user_get");
  }
}

TEST_CASE("errors: a denied read names the permission that is missing") {
  const graph::Answer answer{
      .status = 403, .body = nullptr, .request_id = "", .client_request_id = ""};
  const Error error = graph::to_error(graph::make_call("directoryAudit_list"), answer);
  CHECK(error.hint.find("AuditLog.Read.All") != std::string::npos);
  CHECK(error.message.find("resume") == std::string::npos);
}

TEST_CASE("errors: a denied write names it where the journal keeps it") {
  const graph::Answer denied{
      .status = 403, .body = nullptr, .request_id = "", .client_request_id = ""};
  const auto call = graph::make_call("oauth2PermissionGrant_delete", {"g"});
  CHECK(graph::to_error(call, denied).message ==
        "oauth2PermissionGrant_delete: Graph answered 403 (it needs "
        "DelegatedPermissionGrant.ReadWrite.All; `clawback resume RUN` after granting it)");
  const graph::Answer conflict{
      .status = 409, .body = nullptr, .request_id = "", .client_request_id = ""};
  CHECK(graph::to_error(call, conflict).message.find("resume") == std::string::npos);
}
