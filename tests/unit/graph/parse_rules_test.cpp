#include <doctest/doctest.h>

#include <string_view>

#include "graph/parse.hpp"

using namespace clawback;

TEST_CASE("parse: what an inbox rule does is read from its actions") {
  struct Case {
    std::string_view name;
    std::string actions;
    bool forwards;
    bool hides;
    std::vector<std::string> recipients;
  };
  const Case cases[] = {
      {"forwards",
       R"({"forwardTo":[{"emailAddress":{"name":"X","address":"B@Out.example"}}],"stopProcessingRules":true})",
       true,
       false,
       {"b@out.example"}},
      {"redirects, twice to one",
       R"({"redirectTo":[{"emailAddress":{"address":"b@x"}},{"emailAddress":{"address":"b@x"}}]})",
       true,
       false,
       {"b@x"}},
      {"forwards as attachment, to nobody that can be read",
       R"({"forwardAsAttachmentTo":[{"emailAddress":{}}]})",
       true,
       false,
       {}},
      {"deletes", R"({"delete":true})", false, true, {}},
      {"deletes for good", R"({"permanentDelete":true})", false, true, {}},
      {"marks as read", R"({"markAsRead":true})", false, true, {}},
      {"moves where nobody looks", R"({"moveToFolder":"RSSFeeds"})", false, true, {}},
      {"moves to a folder of the user's", R"({"moveToFolder":"AQMkAGUx"})", false, false, {}},
      {"sorts",
       R"({"assignCategories":["Red"],"markAsRead":false,"forwardTo":[]})",
       false,
       false,
       {}},
      {"says nothing usable", R"([1])", false, false, {}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto value = parse_json(
        R"({"id":"AQAAAJ5dZqA=","displayName":"n","isEnabled":true,"isReadOnly":false,"actions":)" +
        c.actions + "}");
    REQUIRE(value);
    const auto rule = graph::parse_inbox_rule(*value);
    REQUIRE(rule);
    CHECK(rule->id == "AQAAAJ5dZqA=");
    CHECK(rule->enabled == true);
    CHECK(rule->forwards == c.forwards);
    CHECK(rule->hides == c.hides);
    CHECK(rule->recipients == c.recipients);
  }
  CHECK_FALSE(graph::parse_inbox_rule(json::object{{"displayName", "x"}}));
  CHECK_FALSE(graph::parse_inbox_rule(json::object{{"id", "x"}})->enabled);
}

TEST_CASE("parse: who is assigned to an application") {
  const auto value = parse_json(
      R"({"id":"A-b_","principalId":"u","principalType":"User","resourceId":"sp","appRoleId":"r"})");
  REQUIRE(value);
  const auto one = graph::parse_assignment(*value);
  REQUIRE(one);
  CHECK(one->principal == "u");
  CHECK(one->principal_type == "User");
  json::value untyped = *value;
  untyped.as_object().erase("principalType");
  CHECK_FALSE(graph::parse_assignment(untyped));
}
