#include "graph/operations.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <tuple>

using namespace clawback;
using graph::make_call;
using graph::match;

TEST_CASE("operations: ids, and pairs of method and path, are unique") {
  std::set<std::string_view> ids;
  std::set<std::tuple<std::string_view, std::string_view, std::string_view>> requests;
  for (const graph::Operation& one : graph::operations()) {
    CAPTURE(one.id);
    CHECK(ids.insert(one.id).second);
    CHECK(requests.emplace(one.version, one.method, one.path).second);
    CHECK(!one.statuses.empty());
    CHECK((!one.writes || one.version == "/v1.0"));
    CHECK((one.writes || one.method == "GET" || one.id == "batch_post"));
  }
}

TEST_CASE("operations: which one a method and path belong to") {
  struct Case {
    std::string_view name;
    std::string_view method;
    std::string_view path;
    std::string_view id;  // empty: none
  };
  const Case cases[] = {
      {"with version", "DELETE", "/v1.0/oauth2PermissionGrants/g-1",
       "oauth2PermissionGrant_delete"},
      {"without version", "DELETE", "/oauth2PermissionGrants/g-1", "oauth2PermissionGrant_delete"},
      {"with query", "GET", "/v1.0/servicePrincipals?$top=999", "servicePrincipal_list"},
      {"by app id", "GET", "/v1.0/servicePrincipals(appId='a-1')", "servicePrincipal_getByAppId"},
      {"two parameters", "DELETE", "/v1.0/servicePrincipals/s/appRoleAssignedTo/a",
       "servicePrincipal_deleteAppRoleAssignedTo"},
      {"action", "POST", "/v1.0/users/u/revokeSignInSessions", "user_revokeSignInSessions"},
      {"batch", "POST", "/v1.0/$batch", "batch_post"},
      {"percent-encoded parameter", "GET", "/v1.0/users/a%40b", "user_get"},
      {"other method", "PUT", "/v1.0/oauth2PermissionGrants/g-1", ""},
      {"deleting a service principal", "DELETE", "/v1.0/servicePrincipals/s", ""},
      {"deleting a user", "DELETE", "/v1.0/users/u", ""},
      {"beta", "DELETE", "/beta/oauth2PermissionGrants/g-1", ""},
      {"beta of a read that is only in v1.0", "GET", "/beta/users/u", ""},
      {"beta of a read in both", "GET", "/beta/auditLogs/signIns?$top=1", "signIn_list_beta"},
      {"v1.0 of a read in both", "GET", "/v1.0/auditLogs/signIns", "signIn_list"},
      {"v1.0 of a read that is only in beta", "GET",
       "/v1.0/reports/servicePrincipalSignInActivities", ""},
      {"version twice", "GET", "/beta/v1.0/auditLogs/signIns", ""},
      {"empty parameter", "DELETE", "/v1.0/oauth2PermissionGrants/", ""},
      {"longer path", "DELETE", "/v1.0/oauth2PermissionGrants/g-1/x", ""},
      {"trailing slash", "DELETE", "/v1.0/oauth2PermissionGrants/g-1/", ""},
      {"dot segment", "DELETE", "/v1.0/oauth2PermissionGrants/..", ""},
      {"escaped dots", "DELETE", "/v1.0/oauth2PermissionGrants/%2e%2E", ""},
      {"escaped slash", "DELETE", "/v1.0/oauth2PermissionGrants/a%2Fb", ""},
      {"twice escaped", "DELETE", "/v1.0/oauth2PermissionGrants/a%252Fb", ""},
      {"escaped NUL", "DELETE", "/v1.0/oauth2PermissionGrants/a%00", ""},
      {"broken escape", "DELETE", "/v1.0/oauth2PermissionGrants/a%2", ""},
      {"blank", "DELETE", "/v1.0/oauth2PermissionGrants/a b", ""},
      {"fragment", "DELETE", "/v1.0/oauth2PermissionGrants/a#b", ""},
      {"quote inside an app id", "GET", "/v1.0/servicePrincipals(appId='a'b')", ""},
      {"no path", "GET", "", ""},
      {"only the version", "GET", "/v1.0/", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const graph::Operation* found = match(c.method, c.path);
    CHECK((found != nullptr ? found->id : "") == c.id);
  }
}

TEST_CASE("operations: a call has its parameters and query encoded, and matches its operation") {
  const graph::Call call = make_call("servicePrincipal_deleteAppRoleAssignedTo", {"a b", "c/../d"});
  CHECK(call.path == "/v1.0/servicePrincipals/a%20b/appRoleAssignedTo/c%2F..%2Fd");
  const graph::Call list = make_call("oauth2PermissionGrant_list", {},
                                     "$filter=consentType eq 'Principal' and x eq '+&'&$top=999");
  CHECK(list.path ==
        "/v1.0/"
        "oauth2PermissionGrants?$filter=consentType%20eq%20%27Principal%27%20and%20x%20eq%20%27%2B&"
        "%27"
        "&$top=999");
  for (const graph::Operation& one : graph::operations()) {
    CAPTURE(one.id);
    const auto braces = static_cast<std::size_t>(std::count(one.path.begin(), one.path.end(), '{'));
    const graph::Call made = make_call(one.id, std::vector<std::string>(braces, "x-1"));
    CHECK(match(made.method, made.path) == &one);
    CHECK(made.operation == one.id);
  }
}
