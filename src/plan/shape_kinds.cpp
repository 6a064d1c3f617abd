#include "plan/shape_kinds.hpp"

#include <fmt/format.h>

#include "base/safe_text.hpp"
#include "plan/shape.hpp"

namespace clawback::plan {
namespace {

constexpr std::string_view app_members =
    "?$select=id,appId,displayName,accountEnabled,appOwnerOrganizationId,servicePrincipalType";
constexpr std::string_view user_members =
    "?$select=id,userPrincipalName,displayName,accountEnabled,userType,"
    "signInSessionsValidFromDateTime";
constexpr std::string_view tokens_live_on =
    "Access tokens that were already issued work until they expire, usually within 60 to 90 "
    "minutes; "
    "mail that was already synchronised is gone.";

std::string segment(std::string_view id) { return percent_encode(id); }

std::string grant_path(const std::string& id) {
  return "/v1.0/oauth2PermissionGrants/" + segment(id);
}

std::string assignments_path(const std::string& client) {
  return "/v1.0/servicePrincipals/" + segment(client) + "/appRoleAssignments";
}

Request get(std::string path) {
  return {.method = "GET", .path = std::move(path), .body = nullptr};
}

Request enable(std::string path, bool enabled) {
  return {.method = "PATCH",
          .path = std::move(path),
          .body = json::object{{"accountEnabled", enabled}}};
}

json::value with_enabled(const Target& target, bool enabled) {
  return json::object{{"id", target.id}, {"appId", target.app_id}, {"accountEnabled", enabled}};
}

std::string joined_scopes(const json::value& projection) {
  std::string out;
  const json::array* scopes = array_at(projection, "scopes");
  if (scopes == nullptr) return out;
  for (const json::value& scope : *scopes) {
    if (!scope.is_string()) continue;
    if (!out.empty()) out += ' ';
    out += scope.get_string();
  }
  return out;
}

Request create_grant(const json::value& grant) {
  json::object body;
  body["clientId"] = string_at(grant, "clientId").value_or("");
  body["consentType"] = string_at(grant, "consentType").value_or("");
  if (const auto principal = string_at(grant, "principalId")) body["principalId"] = *principal;
  body["resourceId"] = string_at(grant, "resourceId").value_or("");
  body["scope"] = joined_scopes(grant);
  return {.method = "POST", .path = "/v1.0/oauth2PermissionGrants", .body = std::move(body)};
}

Request create_assignment(const json::value& assignment) {
  const std::string client = string_at(assignment, "principalId").value_or("");
  json::object body;
  body["principalId"] = client;
  body["resourceId"] = string_at(assignment, "resourceId").value_or("");
  body["appRoleId"] = string_at(assignment, "appRoleId").value_or("");
  return {.method = "POST", .path = assignments_path(client), .body = std::move(body)};
}

std::string_view whose(const json::value& grant) {
  return string_at(grant, "principalId") ? std::string_view("one user's mailbox")
                                         : std::string_view("every user of the tenant");
}
}  // namespace

std::string service_principal_path(const std::string& id) {
  return "/v1.0/servicePrincipals/" + segment(id);
}

std::string service_principal_by_app_path(const std::string& app_id) {
  return "/v1.0/servicePrincipals(appId='" + segment(app_id) + "')";
}
void disable_app(Action& action) {
  const std::string path = service_principal_path(action.target.id);
  action.precondition.request = get(path + std::string(app_members));
  action.precondition.before = with_enabled(action.target, true);
  action.request = enable(path, false);
  action.postcondition.after = with_enabled(action.target, false);
  action.reversible = Reversible::exact;
  action.inverse = enable(path, true);
  action.effect =
      "No new token is issued to this application for anyone in the tenant, and nobody can consent "
      "to it again.";
  action.residual = tokens_live_on;
}

void enable_app(Action& action) {
  const std::string path = service_principal_path(action.target.id);
  action.precondition.request = get(path + std::string(app_members));
  action.precondition.before = with_enabled(action.target, false);
  action.request = enable(path, true);
  action.postcondition.after = with_enabled(action.target, true);
  action.reversible = Reversible::exact;
  action.inverse = enable(path, false);
  action.effect =
      "The application gets tokens again for whoever has a grant, and users can consent to it.";
  action.residual = "Whoever used the application before has to sign in to it again.";
}

void block_app(Action& action) {
  const std::string path = service_principal_by_app_path(action.target.app_id);
  action.precondition.request = get(path + std::string(app_members));
  action.precondition.before = nullptr;
  action.request = {
      .method = "POST",
      .path = "/v1.0/servicePrincipals",
      .body = json::object{{"appId", action.target.app_id}, {"accountEnabled", false}}};
  action.postcondition.after =
      json::object{{"appId", action.target.app_id}, {"accountEnabled", false}};
  // The inverse names the new object, whose id is known only afterwards: `undo` fills it in.
  action.reversible = Reversible::recreate;
  action.inverse = std::nullopt;
  action.effect =
      "A disabled service principal keeps the application out of the tenant: nobody can consent to "
      "it.";
  action.residual =
      "Undoing it enables the service principal; the object itself stays, without any permission.";
}

void revoke_grant(Action& action) {
  const std::string path = grant_path(action.target.id);
  action.precondition.request = get(path);
  action.request = {.method = "DELETE", .path = path, .body = nullptr};
  action.postcondition.after = nullptr;
  action.reversible = Reversible::recreate;
  action.inverse = create_grant(action.precondition.before);
  action.effect = fmt::format("The application loses its delegated permissions for {}.",
                              whose(action.precondition.before));
  action.residual =
      std::string(tokens_live_on) + " A user can consent again unless the application is disabled.";
}

void restore_grant(Action& action) {
  const std::string client = string_at(action.postcondition.after, "clientId").value_or("");
  action.precondition.request =
      get("/v1.0/oauth2PermissionGrants?$filter=clientId%20eq%20'" + segment(client) + "'");
  action.precondition.before = nullptr;
  action.request = create_grant(action.postcondition.after);
  action.reversible = Reversible::exact;
  action.inverse =
      Request{.method = "DELETE", .path = grant_path(action.target.id), .body = nullptr};
  action.effect = fmt::format("The application has its delegated permissions for {} again.",
                              whose(action.postcondition.after));
  action.residual = "The user has to sign in to the application again.";
}

void remove_app_role(Action& action) {
  const json::value& before = action.precondition.before;
  const std::string resource = string_at(before, "resourceId").value_or("");
  action.precondition.request =
      get(assignments_path(string_at(before, "principalId").value_or("")) + "?$top=999");
  // Parent is the resource: the form that Microsoft recommends for removal.
  action.request = {.method = "DELETE",
                    .path = "/v1.0/servicePrincipals/" + segment(resource) + "/appRoleAssignedTo/" +
                            segment(action.target.id),
                    .body = nullptr};
  action.postcondition.after = nullptr;
  action.reversible = Reversible::recreate;
  action.inverse = create_assignment(before);
  action.effect =
      "The application loses this permission over all mailboxes that it reached without a user.";
  action.residual =
      "App-only access tokens that were already issued work until they expire, usually within 60 "
      "to 90 minutes.";
}

void restore_app_role(Action& action) {
  const json::value& after = action.postcondition.after;
  action.precondition.request =
      get(assignments_path(string_at(after, "principalId").value_or("")) + "?$top=999");
  action.precondition.before = nullptr;
  action.request = create_assignment(after);
  // The inverse names the new assignment, whose id is known only afterwards: `undo` fills it in.
  action.reversible = Reversible::exact;
  action.inverse = std::nullopt;
  action.effect =
      "The application holds this application permission again, under a new assignment id.";
  action.residual = "The application can use it without a user as soon as it gets a new token.";
}

void revoke_sessions(Action& action) {
  const std::string path = "/v1.0/users/" + segment(action.target.id);
  action.precondition.request = get(path + std::string(user_members));
  action.precondition.before = json::object{{"id", action.target.id}};
  action.request = {.method = "POST", .path = path + "/revokeSignInSessions", .body = nullptr};
  action.postcondition.after =
      json::object{{"id", action.target.id}, {"sessionsValidFrom", "newer"}};
  action.reversible = Reversible::no;
  action.inverse = std::nullopt;
  action.effect =
      "All refresh tokens of this user end: the user signs in again in every application.";
  action.residual = tokens_live_on;
}

}  // namespace clawback::plan
