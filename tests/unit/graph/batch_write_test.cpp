#include <doctest/doctest.h>

#include "graph/batch.hpp"
#include "scripted.hpp"

using namespace clawback;
using namespace clawback::tests;
using namespace std::chrono_literals;

namespace {

graph::Write removal(const std::string& grant) {
  return {.call = graph::make_call("oauth2PermissionGrant_delete", {grant}),
          .client_request_id = "id-of-" + grant};
}

std::vector<Result<graph::Answer>> send(Rig& rig, std::vector<graph::Write> writes) {
  std::vector<Result<graph::Answer>> out;
  http::run([&]() -> asio::awaitable<void> {
    const bool known = graph::match(writes.back().call.method, writes.back().call.path) != nullptr;
    if (known) co_await rig.writer.ready(writes.front().call.path, writes.size());
    out = co_await rig.writer.send_batch(writes);
  });
  return out;
}

json::array asked(const ScriptedGraph& graph) {
  return parse_json(graph.asked.back().body)->at("requests").as_array();
}

json::object reply(std::string_view id, int status, json::object headers = {}) {
  return {{"id", id}, {"status", status}, {"headers", std::move(headers)}};
}

http::Response envelope(json::array replies) {
  return ok(compact_json(json::object{{"responses", std::move(replies)}}));
}

}  // namespace

TEST_CASE("batch writes: each goes out as it is, with its own id, and has its own answer") {
  ScriptedGraph graph;
  graph.otherwise([](const http::Request&) -> Result<http::Response> {
    json::object denied = reply("3", 403);
    denied["body"] = {{"error", {{"code", "X"}, {"innerError", {{"request-id", "r3\x1b"}}}}}};
    return envelope({denied, reply("1", 204), reply("2", 404, {{"request-id", "r2"}})});
  });
  Rig rig(graph);
  std::vector<graph::Write> writes = {removal("a"), removal("b")};
  writes.push_back({.call = graph::make_call("servicePrincipal_update", {"sp"}, {},
                                             json::object{{"accountEnabled", false}}),
                    .client_request_id = "c"});
  const auto answers = send(rig, writes);
  REQUIRE(answers.size() == 3);
  CHECK(answers[0]->status == 204);
  CHECK(answers[1]->status == 404);
  CHECK(answers[1]->request_id == "r2");
  CHECK(answers[1]->client_request_id == "id-of-b");
  CHECK(answers[2]->status == 403);
  CHECK(answers[2]->request_id == "r3<U+001B>");
  const json::array items = asked(graph);
  CHECK(items[0].at("method") == "DELETE");
  CHECK(items[0].at("url") == "/oauth2PermissionGrants/a");
  CHECK(items[0].at("headers").at("client-request-id") == "id-of-a");
  CHECK(items[0].as_object().if_contains("body") == nullptr);
  CHECK(items[2].at("headers").at("Content-Type") == "application/json");
  CHECK(items[2].at("headers").at("x-ms-throttle-priority") == "high");
  CHECK(items[2].at("body") == json::object{{"accountEnabled", false}});
}

TEST_CASE("batch writes: what is not certain is unknown, and never sent again by itself") {
  struct Case {
    std::string_view name;
    Result<http::Response> answer;
    std::string_view outcomes;  // of two: '.' answered, '?' unknown
  };
  const Case cases[] = {
      {"the answer is lost", failed(Errc::outcome_unknown), "??"},
      {"it is no JSON", ok("<html>"), "??"},
      {"it is cut", ok(R"({"responses":[{"id":"1","status":204)"), "??"},
      {"it is of a gateway", status(502), "??"},
      {"the service failed", status(500), "??"},
      {"a timeout of the service", status(408), "??"},
      {"no content", status(204, ""), "??"},
      {"one is missing", envelope({reply("2", 204)}), "?."},
      {"one is there twice", envelope({reply("1", 204), reply("1", 204), reply("2", 204)}), "?."},
      {"one was never asked for", envelope({reply("1", 204), reply("2", 204), reply("9", 204)}),
       "??"},
      {"one without a status", envelope({reply("1", 204), json::object{{"id", "2"}}}), "??"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    ScriptedGraph graph;
    graph.otherwise([&](const http::Request&) { return c.answer; });
    Rig rig(graph);
    const auto answers = send(rig, {removal("a"), removal("b")});
    std::string outcomes;
    for (const auto& answer : answers) {
      outcomes += answer ? '.' : '?';
      if (!answer) CHECK(answer.error().code == Errc::outcome_unknown);
    }
    CHECK(outcomes == c.outcomes);
    CHECK(graph.asked.size() == 1);
  }
}

TEST_CASE("batch writes: an envelope that was refused is an answer for each, and is not repeated") {
  for (const int code : {400, 403, 429}) {
    CAPTURE(code);
    ScriptedGraph graph;
    graph.otherwise([&](const http::Request&) -> Result<http::Response> {
      return status(code, "{}", {{"Retry-After", "7"}});
    });
    Rig rig(graph);
    for (const auto& answer : send(rig, {removal("a"), removal("b")})) {
      REQUIRE(answer);
      CHECK(answer->status == code);
      CHECK(answer->retry_after == 7000ms);
    }
    CHECK(graph.asked.size() == 1);
  }
}

TEST_CASE("batch writes: one that is throttled makes the next write wait, and no read") {
  ScriptedGraph graph;
  graph.on("/v1.0/users/u", {ok("{}")});
  graph.otherwise([](const http::Request&) -> Result<http::Response> {
    return envelope({reply("1", 204), reply("2", 429, {{"Retry-After", "2.5"}})});
  });
  Rig rig(graph);
  const auto answers = send(rig, {removal("a"), removal("b")});
  CHECK(answers[1]->retry_after == 2500ms);
  const std::string path = removal("c").call.path;
  CHECK(rig.writer.held(path));
  http::run([&]() -> asio::awaitable<void> {
    const auto read = co_await rig.reader.get(graph::make_call("user_get", {"u"}));
    CHECK(read);
    CHECK(rig.slept.empty());
    co_await rig.writer.ready(path, 1);
  });
  CHECK(rig.slept == std::vector<std::chrono::milliseconds>{2500ms});
}

TEST_CASE("batch writes: a token that ended inside the envelope is not used again") {
  ScriptedGraph graph;
  graph.otherwise([](const http::Request&) -> Result<http::Response> {
    return envelope({reply("1", 401), reply("2", 204)});
  });
  Rig rig(graph);
  CHECK(send(rig, {removal("a"), removal("b")})[0]->status == 401);
  send(rig, {removal("a"), removal("b")});
  CHECK(graph.asked[0].authorization != graph.asked[1].authorization);
}

TEST_CASE("batch writes: what clawback does not write, or not with others, leaves nothing at all") {
  ScriptedGraph graph;
  Rig rig(graph);
  const graph::Write read{.call = graph::make_call("user_get", {"u"}), .client_request_id = "r"};
  for (const auto& answer : send(rig, {removal("a"), read}))
    CHECK(answer.error().code == Errc::guard);
  std::vector<graph::Write> many;
  for (int i = 0; i < 21; ++i) many.push_back(removal("g" + std::to_string(i)));
  CHECK(send(rig, many).front().error().code == Errc::guard);
  CHECK(graph::goes_alone("/v1.0/identity/conditionalAccess/policies"));
  CHECK(graph::goes_alone("/v1.0/users/u/mailFolders/inbox/messageRules/r"));
  CHECK_FALSE(graph::goes_alone("/v1.0/oauth2PermissionGrants/g"));
  CHECK(graph.asked.empty());
}
