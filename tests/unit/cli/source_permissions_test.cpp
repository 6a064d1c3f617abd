#include <doctest/doctest.h>

#include "domain/snapshot.hpp"
#include "graph/operations.hpp"
#include "policy/sources.hpp"

using namespace clawback;

TEST_CASE("sources: the permission that a signal asks for is the one that its operation needs") {
  namespace source = domain::source;
  struct Case {
    std::string_view source;
    std::string_view operation;
  };
  const Case cases[] = {
      {source::service_principals, "servicePrincipal_list"},
      {source::grants, "oauth2PermissionGrant_list"},
      {source::app_roles, "servicePrincipal_listAppRoleAssignments"},
      {source::users, "user_list"},
      {source::audits, "directoryAudit_list"},
      {source::sign_ins, "signIn_list"},
      {source::authorization_policy, "authorizationPolicy_get"},
      {source::assignments, "servicePrincipal_listAppRoleAssignedTo"},
      {source::inbox_rules, "messageRule_list"},
      {source::permission_grant_policies, "permissionGrantPolicy_list"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.source);
    const policy::SourceInfo* info = policy::find_source(c.source);
    REQUIRE(info != nullptr);
    CHECK(info->permission == graph::operation(c.operation).permissions.front());
  }
}
