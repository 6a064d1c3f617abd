#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"
#include "plan/kinds.hpp"
#include "plan/projection.hpp"
#include "plan/shape_parts.hpp"

// revoke-grant and restore-grant. Source: Microsoft Graph oauth2PermissionGrant get, delete,
// create.
namespace clawback::plan {
namespace {

Request create_grant(const json::value& grant) {
  json::object body;
  body["clientId"] = string_at(grant, "clientId").value_or("");
  body["consentType"] = string_at(grant, "consentType").value_or("");
  if (const auto principal = string_at(grant, "principalId")) body["principalId"] = *principal;
  body["resourceId"] = string_at(grant, "resourceId").value_or("");
  body["scope"] = joined_scopes(grant);
  return {.method = "POST", .path = "/v1.0/oauth2PermissionGrants", .body = std::move(body)};
}

}  // namespace

std::string joined_scopes(const json::value& grant) {
  std::string out;
  const json::array* scopes = array_at(grant, "scopes");
  if (scopes == nullptr) return out;
  for (const json::value& scope : *scopes) {
    if (!scope.is_string()) continue;
    if (!out.empty()) out += ' ';
    out += scope.get_string();
  }
  return out;
}

std::string_view whose(const json::value& grant) {
  return string_at(grant, "principalId") ? std::string_view("one user's mailbox")
                                         : std::string_view("every user of the tenant");
}

Result<void> shape_revoke_grant(Action& action) {
  const json::value& before = action.precondition.before;
  if (string_at(before, "id") != action.target.id || !has_members(before, grant_members)) {
    return missing(action, "before");
  }
  action.target.service_principal_id = string_at(before, "clientId").value_or("");
  const std::string path = grant_path(action.target.id);
  action.precondition.request = get(path);
  action.request = {.method = "DELETE", .path = path, .body = nullptr};
  action.postcondition.after = nullptr;
  action.reversible = Reversible::recreate;
  action.inverse = create_grant(before);
  action.effect =
      fmt::format("The application loses its delegated permissions for {}.", whose(before));
  action.residual =
      std::string(tokens_live_on) + " A user can consent again unless the application is disabled.";
  return {};
}

Result<void> shape_restore_grant(Action& action) {
  if (!has_members(action.postcondition.after, grant_members)) return missing(action, "after");
  action.postcondition.after = without_id(action.postcondition.after);
  const json::value& after = action.postcondition.after;
  const std::string client = string_at(after, "clientId").value_or("");
  action.target.service_principal_id = client;
  action.precondition.request =
      get("/v1.0/oauth2PermissionGrants?$filter=clientId%20eq%20'" + percent_encode(client) + "'");
  action.precondition.before = nullptr;
  action.request = create_grant(after);
  action.reversible = Reversible::exact;
  action.inverse =
      Request{.method = "DELETE", .path = grant_path(action.target.id), .body = nullptr};
  action.effect =
      fmt::format("The application has its delegated permissions for {} again.", whose(after));
  action.residual = "The user has to sign in to the application again.";
  return {};
}

std::vector<Action> plan_revoke_grant(const Planning& planning) {
  std::vector<Action> out;
  for (const bool tenant_wide : {true, false}) {
    for (const domain::Grant& grant : planning.finding.grants) {
      if ((grant.consent == domain::ConsentType::all_principals) != tenant_wide) continue;
      Action action{.kind = domain::ActionKind::revoke_grant, .because = planning.because};
      action.target = app_target(planning.finding.app, grant.id.str());
      action.precondition.before = project(grant);
      out.push_back(std::move(action));
    }
  }
  return out;
}

}  // namespace clawback::plan
