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
// The same of a user or group that is assigned to an application.
Result<domain::Assignment> parse_assignment(const json::value& value);
// messageRule. What it does to mail is read from its actions; a folder that it moves mail to is an
// opaque id, unless it is a well-known name.
Result<domain::InboxRule> parse_inbox_rule(const json::value& value);
Result<domain::User> parse_user(const json::value& value);
Result<domain::AuditEvent> parse_audit_event(const json::value& value);
Result<domain::SignIn> parse_sign_in(const json::value& value);
// servicePrincipalSignInActivity (beta): the newest of its five activities counts.
Result<domain::AppActivity> parse_app_activity(const json::value& value);
Result<domain::AuthorizationPolicy> parse_authorization_policy(const json::value& value);
Result<domain::PermissionGrantPolicy> parse_permission_grant_policy(const json::value& value);
Result<domain::AdminConsentRequestPolicy> parse_admin_consent_request_policy(
    const json::value& value);
Result<domain::ConditionalAccessPolicy> parse_conditional_access_policy(const json::value& value);

// A sign-in of a service principal or managed identity: its "userId" is empty. No entity holds it,
// and it is no bad record.
bool is_of_no_user(const json::value& sign_in);

// How activities are spelled here, whichever log wrote them: en and em dashes as "-", no blank at
// the ends, no final dot. "Update application – Certificates and secrets management " becomes
// "Update application - Certificates and secrets management".
std::string activity_name(std::string_view text);

// A value of a modified property. Graph has JSON texts in JSON strings ("\"False\""), other logs
// plain words or indented lists: a quoted one is decoded once, a list or object loses its white
// space, anything else stays as it came.
std::string audit_value(std::string_view text);

// "a b  c" -> sorted, unique, without blanks.
std::vector<std::string> split_scopes(std::string_view scope);

}  // namespace clawback::graph
