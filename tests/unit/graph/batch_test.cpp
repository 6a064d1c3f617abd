#include "graph/batch.hpp"

#include <doctest/doctest.h>

#include "scripted.hpp"

using namespace clawback;
using namespace clawback::tests;
using namespace std::chrono_literals;

namespace {

graph::Call user(const std::string& id) { return graph::make_call("user_get", {id}); }

json::array asked_items(const ScriptedGraph::Asked& asked) {
  return parse_json(asked.body)->at("requests").as_array();
}

std::string id_in_url(const json::value& item) {
  const std::string url(item.at("url").as_string());
  return url.substr(url.rfind('/') + 1);
}

json::object reply(const json::value& item, int code, json::object headers = {}) {
  return json::object{{"id", item.at("id")},
                      {"status", code},
                      {"headers", std::move(headers)},
                      {"body", json::object{{"id", id_in_url(item)}}}};
}

Result<std::vector<graph::Answer>> run_batch(Rig& rig, std::vector<graph::Call> calls) {
  Result<std::vector<graph::Answer>> out = std::vector<graph::Answer>();
  http::run([&]() -> asio::awaitable<void> { out = co_await rig.reader.batch(calls); });
  return out;
}

std::string answer_of(json::array responses) {
  return compact_json(json::object{{"responses", std::move(responses)}});
}

}  // namespace

TEST_CASE("batch: twenty an envelope, and answers in the order of the calls however they come") {
  ScriptedGraph graph;
  std::vector<std::size_t> sizes;
  graph.otherwise([&](const http::Request& request) -> Result<http::Response> {
    const json::array items = parse_json(request.body)->at("requests").as_array();
    sizes.push_back(items.size());
    json::array responses;
    for (auto item = items.rbegin(); item != items.rend(); ++item)
      responses.push_back(reply(*item, 200));
    return ok(answer_of(std::move(responses)));
  });
  Rig rig(graph);
  std::vector<graph::Call> calls;
  for (int i = 0; i < 45; ++i) calls.push_back(user("u" + std::to_string(i)));
  const auto answers = run_batch(rig, calls);
  REQUIRE(answers);
  CHECK(sizes == std::vector<std::size_t>{20, 20, 5});
  REQUIRE(answers->size() == 45);
  for (std::size_t i = 0; i < 45; ++i) {
    CHECK(string_at((*answers)[i].body, "id") == "u" + std::to_string(i));
  }
  CHECK(graph.asked[0].target == "/v1.0/$batch");
  CHECK(asked_items(graph.asked[0])[0].at("url").as_string() == "/users/u0");
}

TEST_CASE("batch: throttled items are asked again alone, after the longest of their delays") {
  ScriptedGraph graph;
  graph.otherwise([&](const http::Request& request) -> Result<http::Response> {
    const bool first = graph.asked.size() == 1;
    json::array responses;
    for (const json::value& item : parse_json(request.body)->at("requests").as_array()) {
      const std::string id = id_in_url(item);
      if (first && id == "b") {
        responses.push_back(reply(item, 429, {{"Retry-After", "3"}}));
      } else if (first && id == "c") {
        responses.push_back(reply(item, 503, {{"retry-after", "7"}}));
      } else {
        responses.push_back(reply(item, id == "d" ? 404 : 200));
      }
    }
    return ok(answer_of(std::move(responses)));
  });
  Rig rig(graph);
  const auto answers = run_batch(rig, {user("a"), user("b"), user("c"), user("d")});
  REQUIRE(answers);
  REQUIRE(graph.asked.size() == 2);
  CHECK(asked_items(graph.asked[0]).size() == 4);
  CHECK(asked_items(graph.asked[1]).size() == 2);
  CHECK(rig.slept == std::vector<std::chrono::milliseconds>{7000ms});
  std::vector<int> statuses;
  for (const graph::Answer& answer : *answers) statuses.push_back(answer.status);
  CHECK(statuses == std::vector<int>{200, 200, 200, 404});
}

TEST_CASE("batch: an item that stays throttled keeps its status") {
  ScriptedGraph graph;
  graph.otherwise([](const http::Request& request) -> Result<http::Response> {
    const json::array items = parse_json(request.body)->at("requests").as_array();
    return ok(answer_of({reply(items[0], 429)}));
  });
  Rig rig(graph);
  const auto answers = run_batch(rig, {user("a")});
  REQUIRE(answers);
  CHECK((*answers)[0].status == 429);
  CHECK(graph.asked.size() == static_cast<std::size_t>(http::RetryPolicy{}.attempts_max));
}

TEST_CASE("batch: a lost answer is asked for again, because an envelope holds reads only") {
  ScriptedGraph graph;
  graph.otherwise([&](const http::Request& request) -> Result<http::Response> {
    if (graph.asked.size() == 1) return failed(Errc::outcome_unknown);
    const json::array items = parse_json(request.body)->at("requests").as_array();
    return ok(answer_of({reply(items[0], 200)}));
  });
  Rig rig(graph);
  CHECK(run_batch(rig, {user("a")}));
}

TEST_CASE("batch: ids are compared without case") {
  const std::vector<graph::BatchItem> items = {{.id = "A", .place = 0, .call = user("a")}};
  const auto replies = graph::read_batch(
      items, *parse_json(R"({"responses":[{"id":"a","status":200,"body":{"x":1}}]})"));
  REQUIRE(replies);
  CHECK((*replies)[0].status == 200);
}

TEST_CASE("batch: replies that do not fit the questions are an error") {
  struct Case {
    std::string_view name;
    std::string_view body;
  };
  const Case cases[] = {
      {"one missing", R"({"responses":[{"id":"1","status":200}]})"},
      {"none", R"({"responses":[]})"},
      {"one twice", R"({"responses":[{"id":"1","status":200},{"id":"1","status":200}]})"},
      {"one twice and all there",
       R"({"responses":[{"id":"1","status":200},{"id":"2","status":200},{"id":"1","status":403}]})"},
      {"not asked", R"({"responses":[{"id":"1","status":200},{"id":"7","status":200}]})"},
      {"without id", R"({"responses":[{"status":200},{"id":"2","status":200}]})"},
      {"without status", R"({"responses":[{"id":"1"},{"id":"2","status":200}]})"},
      {"with an odd status", R"({"responses":[{"id":"1","status":0},{"id":"2","status":200}]})"},
      {"no list", R"({"value":[]})"},
      {"not JSON", "<html>"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    ScriptedGraph graph;
    graph.on("/v1.0/$batch", {ok(std::string(c.body))});
    Rig rig(graph);
    const auto answers = run_batch(rig, {user("a"), user("b")});
    REQUIRE(!answers);
    CHECK(answers.error().code == Errc::protocol);
  }
}

TEST_CASE("batch: writes do not pass") {
  ScriptedGraph graph;
  Rig rig(graph);
  const auto answers = run_batch(rig, {graph::make_call("oauth2PermissionGrant_delete", {"g"})});
  REQUIRE(!answers);
  CHECK(answers.error().code == Errc::guard);
  CHECK(graph.asked.empty());
}
