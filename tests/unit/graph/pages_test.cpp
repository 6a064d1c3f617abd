#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/digest.hpp"
#include "scripted.hpp"

using namespace clawback;
using namespace clawback::tests;
using Ids = std::vector<std::string>;

namespace {

const std::string first = "/v1.0/oauth2PermissionGrants";
const std::string base = "https://graph.example";

std::string link(int page_number) {
  return base + first + "?$skiptoken=" + std::to_string(page_number);
}
std::string target(int page_number) { return first + "?$skiptoken=" + std::to_string(page_number); }

bool has_detail(const Error& error, std::string_view name, std::string_view value) {
  return std::any_of(error.details.begin(), error.details.end(), [&](const auto& detail) {
    return detail.first == name && detail.second == value;
  });
}

}  // namespace

TEST_CASE("pages: all of them, in order, with an empty one in the middle") {
  ScriptedGraph graph;
  graph.on(first, {ok(page({"a", "b"}, link(2)))});
  graph.on(target(2), {ok(page({}, link(3)))});
  graph.on(target(3), {ok(page({"c"}))});
  Rig rig(graph);
  const Read read = read_pages(rig.reader);
  REQUIRE(read.result);
  CHECK(read.ids == Ids{"a", "b", "c"});
  CHECK(graph.targets() == Ids{first, target(2), target(3)});
  CHECK(graph.tokens == 1);
  CHECK(is_guid(graph.asked[0].client_request_id));
  CHECK(graph.asked[0].client_request_id != graph.asked[1].client_request_id);
}

TEST_CASE("pages: a link after the records is followed too") {
  ScriptedGraph graph;
  graph.on(first, {ok(R"({"value":[{"id":"a"}],"@odata.nextLink":")" + link(2) + "\"}")});
  graph.on(target(2), {ok(page({"b"}))});
  Rig rig(graph);
  const Read read = read_pages(rig.reader);
  REQUIRE(read.result);
  CHECK(read.ids == Ids{"a", "b"});
}

TEST_CASE("pages: a hostile link is an error and nothing is sent there") {
  struct Case {
    std::string_view name;
    std::string link;
  };
  const Case cases[] = {
      {"another host", "https://evil.example/v1.0/oauth2PermissionGrants?$skiptoken=2"},
      {"another port", "https://graph.example:444/v1.0/oauth2PermissionGrants?$skiptoken=2"},
      {"no TLS", "http://graph.example/v1.0/oauth2PermissionGrants?$skiptoken=2"},
      {"user information", "https://graph.example@evil.example/v1.0/x"},
      {"another version", "https://graph.example/beta/oauth2PermissionGrants"},
      {"dot segments", "https://graph.example/v1.0/../beta/oauth2PermissionGrants"},
      {"escaped dot segments", "https://graph.example/v1.0/%2e%2e/beta/oauth2PermissionGrants"},
      {"relative", "/v1.0/oauth2PermissionGrants?$skiptoken=2"},
      {"empty", ""},
      {"a host that begins alike",
       "https://graph.example.evil.example/v1.0/oauth2PermissionGrants"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    for (const bool early : {true, false}) {
      CAPTURE(early);
      ScriptedGraph graph;
      const std::string head = fmt::format(R"({{"@odata.nextLink":"{}","value":[]}})", c.link);
      const std::string tail = fmt::format(R"({{"value":[],"@odata.nextLink":"{}"}})", c.link);
      graph.on(first, {ok(early ? head : tail)});
      Rig rig(graph);
      const Read read = read_pages(rig.reader);
      REQUIRE(!read.result);
      CHECK(read.result.error().code == Errc::protocol);
      CHECK(graph.targets() == Ids{first});
    }
  }
}

TEST_CASE("pages: what can't be the whole is an error") {
  const std::string other = base + first + "?$skiptoken=other";
  struct Case {
    std::string_view name;
    std::string second;  // body of page 2, status 200
    Errc code;
  };
  const Case cases[] = {
      {"links to itself", page({"b"}, link(2)), Errc::protocol},
      {"links back to the first page", page({"b"}, base + first), Errc::protocol},
      {"garbage", "<html>502</html>", Errc::protocol},
      {"cut off", R"({"value":[{"id":"b")", Errc::protocol},
      {"cut off between records", R"({"value":[{"id":"b"})", Errc::protocol},
      {"empty body", "", Errc::protocol},
      {"text behind it", R"({"value":[]}{})", Errc::protocol},
      {"an array", "[]", Errc::protocol},
      {"no value", R"({"values":[]})", Errc::protocol},
      {"value of another type", R"({"value":{}})", Errc::protocol},
      {"link of another type", R"({"@odata.nextLink":7,"value":[]})", Errc::protocol},
      {"two links",
       "{\"@odata.nextLink\":\"" + link(3) + "\",\"value\":[],\"@odata.nextLink\":\"" + other +
           "\"}",
       Errc::protocol},
      {"not UTF-8", "{\"value\":[{\"id\":\"\xff\"}]}", Errc::protocol},
      {"nested too deep", R"({"value":[)" + std::string(100, '[') + std::string(100, ']') + "]}",
       Errc::protocol},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    ScriptedGraph graph;
    graph.on(first, {ok(page({"a"}, link(2)))});
    graph.on(target(2), {ok(c.second)});
    graph.on(target(3), {ok(page({"x"}))});
    graph.on(first + "?$skiptoken=other", {ok(page({"y"}))});
    Rig rig(graph);
    const Read read = read_pages(rig.reader);
    REQUIRE(!read.result);
    CHECK(read.result.error().code == c.code);
    CHECK(read.ids == Ids{"a"});
    CHECK(has_detail(read.result.error(), "operation", "oauth2PermissionGrant_list"));
  }
}

TEST_CASE("pages: a 401 in the middle is answered by one new token") {
  ScriptedGraph graph;
  graph.on(first, {ok(page({"a"}, link(2)))});
  graph.on(target(2), {status(401), ok(page({"b"}, link(3)))});
  graph.on(target(3), {ok(page({"c"}))});
  Rig rig(graph);
  const Read read = read_pages(rig.reader);
  REQUIRE(read.result);
  CHECK(read.ids == Ids{"a", "b", "c"});
  CHECK(graph.tokens == 2);
  CHECK(graph.asked[1].authorization == "Bearer t1");
  CHECK(graph.asked[2].authorization == "Bearer t2");
  CHECK(graph.asked[3].authorization == "Bearer t2");
}

TEST_CASE("pages: an error status in the middle is an error with its ids") {
  struct Case {
    std::string_view name;
    int status;
    Errc code;
  };
  const Case cases[] = {{"401 twice", 401, Errc::unauthenticated},
                        {"403", 403, Errc::denied},
                        {"404", 404, Errc::not_found},
                        {"410", 410, Errc::protocol},
                        {"204 has no page", 204, Errc::protocol},
                        {"503 to the end", 503, Errc::unavailable}};
  for (const Case& c : cases) {
    CAPTURE(c.name);
    ScriptedGraph graph;
    graph.on(first, {ok(page({"a"}, link(2)))});
    graph.on(target(2),
             {status(c.status, R"({"error":{"code":"X","innerError":{"request-id":"r-9"}}})")});
    Rig rig(graph);
    const Read read = read_pages(rig.reader);
    REQUIRE(!read.result);
    CHECK(read.result.error().code == c.code);
    CHECK(has_detail(read.result.error(), "request-id", "r-9"));
    CHECK(has_detail(read.result.error(), "operation", "oauth2PermissionGrant_list"));
  }
}

TEST_CASE("pages: a page that was lost and asked for again may link elsewhere") {
  ScriptedGraph graph;
  int asked = 0;
  graph.otherwise([&](const http::Request& request) -> Result<http::Response> {
    if (request.target == target(20)) return ok(page({"b"}));
    if (request.target == target(10)) return ok(page({"stale"}));
    if (++asked > 1) return ok(page({"a"}, link(20)));
    ScriptedGraph::feed(request, page({"a"}, link(10)));  // the head came, the rest did not
    return failed(Errc::outcome_unknown);
  });
  Rig rig(graph);
  const Read read = read_pages(rig.reader);
  REQUIRE(read.result);
  CHECK(read.ids == Ids{"a", "b"});
}

TEST_CASE("pages: limits are errors, not ends") {
  struct Case {
    std::string_view name;
    graph::Reader::PageLimits limits;
    bool fine;
  };
  const Case cases[] = {{"enough pages", {.pages_max = 3, .records_max = 100}, true},
                        {"too few pages", {.pages_max = 2, .records_max = 100}, false},
                        {"enough records", {.pages_max = 9, .records_max = 3}, true},
                        {"too few records", {.pages_max = 9, .records_max = 2}, false}};
  for (const Case& c : cases) {
    CAPTURE(c.name);
    ScriptedGraph graph;
    graph.on(first, {ok(page({"a"}, link(2)))});
    graph.on(target(2), {ok(page({"b"}, link(3)))});
    graph.on(target(3), {ok(page({"c"}))});
    Rig rig(graph);
    const Read read = read_pages(rig.reader, c.limits);
    CHECK(static_cast<bool>(read.result) == c.fine);
    if (!read.result) CHECK(read.result.error().code == Errc::incomplete);
  }
}

TEST_CASE("pages: an error of the reader of a page ends the reading") {
  ScriptedGraph graph;
  graph.on(first, {ok(page({"a"}, link(2)))});
  graph.on(target(2), {ok(page({"b"}))});
  Rig rig(graph);
  http::run([&]() -> asio::awaitable<void> {
    const graph::Call call = graph::make_call("oauth2PermissionGrant_list");
    const auto on_page = [](const json::array&) -> Result<void> {
      return failed(Errc::io, "disk full");
    };
    const auto result = co_await rig.reader.pages(call, on_page);
    REQUIRE(!result);
    CHECK(result.error().code == Errc::io);
  });
}

TEST_CASE("pages: only reads that clawback knows") {
  ScriptedGraph graph;
  Rig rig(graph);
  http::run([&]() -> asio::awaitable<void> {
    const graph::Call call{.operation = "oauth2PermissionGrant_list",
                           .method = "GET",
                           .path = "/beta/oauth2PermissionGrants",
                           .body = nullptr};
    const auto result =
        co_await rig.reader.pages(call, [](const json::array&) -> Result<void> { return {}; });
    REQUIRE(!result);
    CHECK(result.error().code == Errc::guard);
  });
  CHECK(graph.asked.empty());
}

namespace {

// Holds the rest of page 1 back until page 2 has been asked for.
class SlowFirstPage final : public http::Transport {
 public:
  asio::awaitable<Result<http::Response>> send(const http::Request& request) override {
    if (request.target.ends_with("/oauth2/v2.0/token")) co_return co_await inner.send(request);
    inner.note(request);
    if (request.target == target(2)) {
      second_asked->open();
      co_return ok(page({"b"}));
    }
    const std::string body = page({"a"}, link(2));
    second_asked.emplace(co_await asio::this_coro::executor);
    request.early(std::string_view(body).substr(0, body.find("\"value\"")));
    co_await second_asked->passed();
    second_asked.reset();  // it must not outlive the loop
    first_complete = true;
    co_return ok(body);
  }

  ScriptedGraph inner;
  std::optional<graph::Gate> second_asked;
  bool first_complete = false;
};

}  // namespace

TEST_CASE("pages: the next page is asked for while the page before still comes in") {
  SlowFirstPage
      graph;  // waiting for the second request first would never end: http::run would throw
  Rig rig(graph);
  const Read read = read_pages(rig.reader);
  REQUIRE(read.result);
  CHECK(graph.first_complete);
  CHECK(read.ids == Ids{"a", "b"});
}
