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

}  // namespace clawback::evidence
