#include <doctest/doctest.h>

#include <array>

#include "lab/filter.hpp"

using namespace clawback;
using namespace clawback::lab;

namespace {

const json::value& sample() {
  static const json::value record = *parse_json(R"({
    "activityDisplayName":"Consent to application","activityDateTime":"2026-11-20T10:00:00.1234567Z",
    "initiatedBy":{"app":null,"user":{"id":"u1","userPrincipalName":"ada@contoso.example"}},
    "targetResources":[{"id":"t1","displayName":"O'Neil app"},{"id":"t2","displayName":null}],
    "tags":["one","two"],"enabled":true,"status":{"errorCode":0}})");
  return record;
}

}  // namespace

TEST_CASE("filter: what matches") {
  struct Case {
    std::string_view filter;
    bool match;
  };
  const Case cases[] = {
      {"activityDisplayName eq 'Consent to application'", true},
      {"activityDisplayName eq 'consent to APPLICATION'", true},
      {"activityDisplayName eq 'Add service principal'", false},
      {"startswith(activityDisplayName,'Consent')", true},
      {"startsWith(activityDisplayName, 'consent to')", true},
      {"endswith(activityDisplayName,'tion')", true},
      {"activityDateTime ge 2026-11-20T10:00:00Z", true},
      {"activityDateTime ge 2026-11-20T10:00:01Z", false},
      {"activityDateTime le 2026-11-21", true},
      {"activityDateTime ge 2026-11-20 and activityDateTime le 2026-11-21", true},
      {"activityDateTime gt 2026-11-21 or enabled eq true", true},
      {"(activityDateTime gt 2026-11-21 or enabled eq true) and enabled eq false", false},
      {"not(enabled eq true)", false},
      {"enabled ne false", true},
      {"initiatedBy/user/id eq 'u1'", true},
      {"initiatedBy/user/id in ('u0','u1')", true},
      {"initiatedBy/app/appId eq null", true},
      {"initiatedBy/user/id eq null", false},
      {"targetResources/any(t: t/id eq 't2')", true},
      {"targetResources/any(t:t/id eq 't3')", false},
      {"targetResources/any(x: startswith(x/displayName,'O''Neil'))", true},
      {"tags/any(t: t eq 'two')", true},
      {"status/errorCode eq 0", true},
      {"absent eq 'x'", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.filter);
    const auto filter = parse_filter(c.filter);
    REQUIRE(filter);
    CHECK(matches(*filter, JsonFields(sample())) == c.match);
  }
}

TEST_CASE("filter: what is no filter") {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "(";
  std::string long_list = "a eq 'x'";
  for (int i = 0; i < 100; ++i) long_list += " or a eq 'x'";
  const std::string_view texts[] = {"",          "a",
                                    "a eq",      "a eq 'x",
                                    "a like 1",  "a eq 'x' and",
                                    "(a eq 'x'", "a eq 'x')",
                                    "in ('x')",  "t/any(t/id eq 'x')",
                                    "a in ()",   deep,
                                    long_list,   "startswith(a 'x')"};
  for (const std::string_view text : texts) {
    CAPTURE(text);
    CHECK_FALSE(parse_filter(text));
  }
}

TEST_CASE("filter: a collection takes only what it documents") {
  constexpr std::array<Filterable, 3> allowed = {
      {{"clientId", "eq"}, {"appId", "eq + ne not"}, {"targetResources/id", "eq"}}};
  struct Case {
    std::string_view filter;
    bool advanced;
    bool allowed;
  };
  const Case cases[] = {{"clientId eq 'x'", false, true},
                        {"startswith(clientId,'x')", false, false},
                        {"clientId ne 'x'", true, false},
                        {"appId ne 'x'", false, false},
                        {"appId ne 'x'", true, true},
                        {"not(appId eq 'x')", false, false},
                        {"not(appId eq 'x')", true, true},
                        {"displayName eq 'x'", false, false},
                        {"targetResources/any(t: t/id eq 'x')", false, true},
                        {"targetResources/any(t: t/type eq 'x')", false, false}};
  for (const Case& c : cases) {
    CAPTURE(c.filter);
    const auto filter = parse_filter(c.filter);
    REQUIRE(filter);
    CHECK(check_filter(*filter, allowed, "Thing", c.advanced).has_value() != c.allowed);
  }
}
