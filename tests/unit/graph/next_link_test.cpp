#include "graph/next_link.hpp"

#include <doctest/doctest.h>

#include <ostream>

using namespace clawback;
using graph::EarlyLink;
using graph::find_next_link;

namespace clawback::graph {
std::ostream& operator<<(std::ostream& out, EarlyLink::State state) {
  return out << static_cast<int>(state);
}
}  // namespace clawback::graph

TEST_CASE("next link: what the head of a page shows") {
  using enum EarlyLink::State;
  struct Case {
    std::string_view name;
    std::string_view body;
    EarlyLink::State state;
    std::string_view link;
  };
  const Case cases[] = {
      {"nothing yet", "", more, ""},
      {"only a brace", " {", more, ""},
      {"half a key", R"({"@odata.next)", more, ""},
      {"half a link", R"({"@odata.nextLink":"https://g/)", more, ""},
      {"a link", R"({"@odata.nextLink":"https://g/x","value":[)", found, "https://g/x"},
      {"after the context", R"({"@odata.context":"c","@odata.nextLink" : "u")", found, "u"},
      {"after numbers, lists and objects",
       R"({"@odata.count":12,"a":[1,{"x":"]"}],"b":{"c":["}"]},"d":null,"@odata.nextLink":"u")",
       found, "u"},
      {"escapes", R"({"@odata.nextLink":"a\/b\u0026c\"\\d\ud83d\ude00")", found,
       "a/b&c\"\\d\xF0\x9F\x98\x80"},
      {"an escaped key", R"({"\u0040odata.nextLink":"u")", found, "u"},
      {"escape at the cut", R"({"@odata.nextLink":"a\)", more, ""},
      {"records first", R"({"value":[{"@odata.nextLink":"evil"}])", hidden, ""},
      {"in an inner object", R"({"x":{"@odata.nextLink":"evil"},"value":[)", hidden, ""},
      {"inside a string", R"({"x":"\"@odata.nextLink\":\"evil\"","value":[)", hidden, ""},
      {"not a string", R"({"@odata.nextLink":null,"value":[)", hidden, ""},
      {"half a surrogate", R"({"@odata.nextLink":"\ud83d","value":[)", hidden, ""},
      {"no object", "[1,2", hidden, ""},
      {"garbage", "<html>", hidden, ""},
      {"the end", "{}", hidden, ""},
      {"missing colon", R"({"a" "b")", hidden, ""},
      {"missing value", R"({"a":,"@odata.nextLink":"u")", hidden, ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const EarlyLink early = find_next_link(c.body);
    CHECK(early.state == c.state);
    CHECK(early.link == c.link);
  }
}

TEST_CASE("next link: every shorter head says more, never something else") {
  const std::string body =
      R"({"@odata.context":"https:\/\/g","n":-1.5e3,"t":true,"@odata.nextLink":"https:\/\/g\/x","value":[)";
  const std::size_t end = body.find(",\"value\"");
  for (std::size_t size = 0; size < end; ++size) {
    CAPTURE(size);
    CHECK(find_next_link(std::string_view(body).substr(0, size)).state == EarlyLink::State::more);
  }
  CHECK(find_next_link(std::string_view(body).substr(0, end)).link == "https://g/x");
}

TEST_CASE("next link: a head without end is given up") {
  const std::string body = "{\"x\":\"" + std::string(100'000, 'x');
  CHECK(find_next_link(body).state == EarlyLink::State::hidden);
  const std::string deep = "{\"x\":" + std::string(100'000, '[');
  CHECK(find_next_link(deep).state == EarlyLink::State::hidden);
}

TEST_CASE("next link: a target is given only for our own Graph") {
  const http::Origin graph{.host = "graph.example", .port = 443};
  const auto own =
      graph::own_target(graph, "https://graph.example:443/v1.0/users?$skiptoken=a%2Fb..c");
  REQUIRE(own);
  CHECK(*own == "/v1.0/users?$skiptoken=a%2Fb..c");
  CHECK(!graph::own_target(graph, "https://graph.example/v1.0"));
  CHECK(!graph::own_target(graph, "https://graph.example/v1.0/a%2fb"));
}
