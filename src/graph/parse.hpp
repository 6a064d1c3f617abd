#pragma once

#include "base/json.hpp"
#include "domain/entities.hpp"

// Graph's JSON objects to entities. They skip what they do not know; Errc::protocol names the path
// of a member that an entity can't be without (its id, a grant's clientId…). Ids that are GUIDs are
// lower-cased; short ids (test scenarios) are kept as they are.
namespace clawback::graph {

Result<domain::ServicePrincipal> parse_service_principal(const json::value& value);
Result<domain::Grant> parse_grant(const json::value& value);
Result<domain::AppRoleAssignment> parse_app_role_assignment(const json::value& value);
Result<domain::User> parse_user(const json::value& value);
Result<domain::AuditEvent> parse_audit_event(const json::value& value);
Result<domain::SignIn> parse_sign_in(const json::value& value);
Result<domain::AuthorizationPolicy> parse_authorization_policy(const json::value& value);
Result<domain::PermissionGrantPolicy> parse_permission_grant_policy(const json::value& value);

// "a b  c" -> sorted, unique, without blanks.
std::vector<std::string> split_scopes(std::string_view scope);

}  // namespace clawback::graph
