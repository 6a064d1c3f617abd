#include <fmt/format.h>
#include <fmt/ranges.h>

#include "evidence/document.hpp"

namespace clawback::evidence {
namespace {

template <class Value>
void put(json::object& to, std::string_view key, const std::optional<Value>& value) {
  if (value) to[key] = *value;
}

void put_time(json::object& to, std::string_view key, const std::optional<Time>& value) {
  if (value) to[key] = format_time(*value);
}

json::value or_null(const std::optional<std::string>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

json::array strings(const std::vector<std::string>& values) {
  json::array out;
  for (const std::string& value : values) out.emplace_back(value);
  return out;
}

// As Graph has it: a JSON string within a string.
json::value quoted(const std::string& value) {
  if (value.empty()) return nullptr;
  return json::value(compact_json(json::value(value)));
}

json::value print_target(const domain::AuditTarget& target) {
  json::array properties;
  for (const domain::AuditProperty& property : target.properties) {
    properties.push_back(json::object{{"displayName", property.name},
                                      {"oldValue", quoted(property.old_value)},
                                      {"newValue", quoted(property.new_value)}});
  }
  return json::object{{"id", target.id},
                      {"type", target.type},
                      {"displayName", target.display_name},
                      {"modifiedProperties", std::move(properties)}};
}

std::string_view result_name(domain::AuditResult result) {
  switch (result) {
    case domain::AuditResult::success:
      return "success";
    case domain::AuditResult::failure:
      return "failure";
    case domain::AuditResult::other:
      return "unknownFutureValue";
  }
  return "unknownFutureValue";
}

}  // namespace

json::value print(const domain::ServicePrincipal& one) {
  json::object out{
      {"id", one.id.str()}, {"appId", one.app_id.str()}, {"displayName", one.display_name}};
  if (one.owner_tenant) out["appOwnerOrganizationId"] = one.owner_tenant->str();
  put(out, "servicePrincipalType", one.type);
  put(out, "accountEnabled", one.account_enabled);
  put(out, "disabledByMicrosoftStatus", one.disabled_by_microsoft);
  if (one.verified_publisher) {
    out["verifiedPublisher"] =
        json::object{{"verifiedPublisherId", or_null(one.verified_publisher->id)},
                     {"displayName", or_null(one.verified_publisher->display_name)}};
  }
  put_time(out, "createdDateTime", one.created);
  if (one.reply_urls) out["replyUrls"] = strings(*one.reply_urls);
  put(out, "homepage", one.homepage);
  if (one.app_roles.empty()) return out;
  json::array roles;
  for (const domain::AppRole& role : one.app_roles) {
    roles.push_back(json::object{{"id", role.id}, {"value", role.value}});
  }
  out["appRoles"] = std::move(roles);
  return out;
}

json::value print(const domain::Grant& one) {
  const bool all = one.consent == domain::ConsentType::all_principals;
  return json::object{
      {"id", one.id.str()},
      {"clientId", one.client.str()},
      {"consentType", all ? "AllPrincipals" : "Principal"},
      {"principalId", one.principal ? json::value(one.principal->str()) : json::value(nullptr)},
      {"resourceId", one.resource.str()},
      {"scope", fmt::format("{}", fmt::join(one.scopes, " "))}};
}

json::value print(const domain::AppRoleAssignment& one) {
  json::object out{{"id", one.id.str()},
                   {"principalId", one.principal.str()},
                   {"principalType", "ServicePrincipal"},
                   {"resourceId", one.resource.str()},
                   {"appRoleId", one.role_id}};
  put(out, "appRoleValue", one.value);
  put_time(out, "createdDateTime", one.created);
  return out;
}

json::value print(const domain::User& one) {
  json::object out{{"id", one.id.str()}};
  put(out, "userPrincipalName", one.user_principal_name);
  put(out, "displayName", one.display_name);
  put(out, "accountEnabled", one.account_enabled);
  put(out, "userType", one.type);
  put_time(out, "signInSessionsValidFromDateTime", one.sessions_valid_from);
  return out;
}

json::value print(const domain::AuditEvent& one) {
  json::object by;
  if (one.actor_user || one.actor_user_principal_name) {
    json::object user;
    if (one.actor_user) user["id"] = one.actor_user->str();
    put(user, "userPrincipalName", one.actor_user_principal_name);
    by["user"] = std::move(user);
  }
  if (one.actor_app) by["app"] = json::object{{"appId", one.actor_app->str()}};
  json::array details;
  if (one.app_id) details.push_back(json::object{{"key", "AppId"}, {"value", one.app_id->str()}});
  json::array targets;
  for (const domain::AuditTarget& target : one.targets) targets.push_back(print_target(target));
  json::object out{{"id", one.id.str()},
                   {"activityDateTime", format_time(one.time)},
                   {"activityDisplayName", one.activity},
                   {"result", result_name(one.result)}};
  put(out, "resultReason", one.reason);
  put(out, "correlationId", one.correlation_id);
  out["initiatedBy"] = std::move(by);
  out["targetResources"] = std::move(targets);
  out["additionalDetails"] = std::move(details);
  return out;
}

json::value print(const domain::SignIn& one) {
  json::object out{{"id", one.id.str()},
                   {"createdDateTime", format_time(one.time)},
                   {"appId", one.app_id.str()},
                   {"userId", one.user.str()}};
  put(out, "userPrincipalName", one.user_principal_name);
  put(out, "ipAddress", one.ip_address);
  put(out, "clientAppUsed", one.client_app_used);
  if (one.error_code) out["status"] = json::object{{"errorCode", *one.error_code}};
  if (one.country) out["location"] = json::object{{"countryOrRegion", *one.country}};
  return out;
}

json::value print(const domain::AuthorizationPolicy& one) {
  json::object out{{"id", "authorizationPolicy"},
                   {"defaultUserRolePermissions",
                    json::object{{"permissionGrantPoliciesAssigned",
                                  strings(one.permission_grant_policies_assigned)}}}};
  put(out, "allowUserConsentForRiskyApps", one.allow_user_consent_for_risky_apps);
  return out;
}

json::value print(const domain::PermissionGrantPolicy& one) {
  json::object out{{"id", one.id}};
  put(out, "displayName", one.display_name);
  return out;
}

}  // namespace clawback::evidence
