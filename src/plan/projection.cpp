#include "plan/projection.hpp"

#include <algorithm>

#include "base/digest.hpp"

namespace clawback::plan {

json::value project(const domain::ServicePrincipal& app) {
  json::object out;
  out["id"] = app.id.str();
  out["appId"] = app.app_id.str();
  out["accountEnabled"] = app.account_enabled ? json::value(*app.account_enabled) : json::value();
  return out;
}

json::value project(const domain::Grant& grant) {
  json::object out;
  out["id"] = grant.id.str();
  out["clientId"] = grant.client.str();
  out["resourceId"] = grant.resource.str();
  out["consentType"] =
      grant.consent == domain::ConsentType::principal ? "Principal" : "AllPrincipals";
  out["principalId"] = grant.principal ? json::value(grant.principal->str()) : json::value();
  json::array scopes;
  for (const std::string& scope : grant.scopes) scopes.emplace_back(scope);
  out["scopes"] = std::move(scopes);
  return out;
}

json::value project(const domain::AppRoleAssignment& assignment) {
  json::object out;
  out["id"] = assignment.id.str();
  out["principalId"] = assignment.principal.str();
  out["resourceId"] = assignment.resource.str();
  out["appRoleId"] = assignment.role_id;
  return out;
}

json::value project(const domain::Assignment& assignment) {
  json::object out;
  out["id"] = assignment.id.str();
  out["principalId"] = assignment.principal;
  out["principalType"] = assignment.principal_type;
  out["resourceId"] = assignment.resource.str();
  out["appRoleId"] = assignment.role_id;
  return out;
}

json::value project(const domain::InboxRule& rule) {
  json::object out;
  out["id"] = rule.id;
  out["displayName"] = rule.name ? json::value(*rule.name) : json::value();
  out["isEnabled"] = rule.enabled ? json::value(*rule.enabled) : json::value();
  out["forwards"] = rule.forwards;
  out["hides"] = rule.hides;
  json::array recipients;
  for (const std::string& recipient : rule.recipients) recipients.emplace_back(recipient);
  out["recipients"] = std::move(recipients);
  return out;
}

json::value project(const domain::User& user) {
  json::object out;
  out["id"] = user.id.str();
  out["accountEnabled"] = user.account_enabled ? json::value(*user.account_enabled) : json::value();
  out["userType"] = user.type ? json::value(*user.type) : json::value();
  out["sessionsValidFrom"] = user.sessions_valid_from
                                 ? json::value(format_time(*user.sessions_valid_from))
                                 : json::value();
  return out;
}

std::optional<std::vector<std::string>> scopes_of(const json::value& grant) {
  const json::array* scopes = array_at(grant, "scopes");
  if (scopes == nullptr) return std::nullopt;
  std::vector<std::string> out;
  for (const json::value& scope : *scopes) {
    if (!scope.is_string()) return std::nullopt;
    out.emplace_back(scope.get_string());
  }
  const bool sorted = std::is_sorted(out.begin(), out.end());
  return sorted ? std::optional(std::move(out)) : std::nullopt;
}

std::string hash_of(const json::value& projection) {
  return sha256_text(canonical_json(projection));
}

bool holds(const json::value& wanted, const json::value& now) {
  if (wanted.is_null() || now.is_null()) return wanted.is_null() && now.is_null();
  const json::object* want = wanted.if_object();
  const json::object* have = now.if_object();
  if (want == nullptr || have == nullptr) return false;
  return std::all_of(want->begin(), want->end(), [&](const json::key_value_pair& entry) {
    const json::value* found = have->if_contains(entry.key());
    return found != nullptr && *found == entry.value();
  });
}

}  // namespace clawback::plan
