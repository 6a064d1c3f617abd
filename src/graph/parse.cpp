#include "graph/parse.hpp"

#include <algorithm>

#include "graph/fields.hpp"

namespace clawback::graph {
namespace {

constexpr std::string_view blanks = " \t\r\n";

std::optional<domain::VerifiedPublisher> publisher_at(const json::value& value) {
  const json::value* publisher = member(value, "verifiedPublisher");
  if (publisher == nullptr || !publisher->is_object()) return std::nullopt;
  return domain::VerifiedPublisher{.id = string_at(*publisher, "verifiedPublisherId"),
                                   .display_name = string_at(*publisher, "displayName")};
}

std::vector<domain::AppRole> app_roles_at(const json::value& value) {
  std::vector<domain::AppRole> out;
  const json::array* array = array_at(value, "appRoles");
  if (array == nullptr) return out;
  for (const json::value& role : *array) {
    const std::string_view id = text_at(role, "id");
    if (!id.empty())
      out.push_back({.id = lower_guid(id), .value = std::string(text_at(role, "value"))});
  }
  return out;
}

}  // namespace

std::vector<std::string> split_scopes(std::string_view scope) {
  std::vector<std::string> out;
  for (std::size_t at = scope.find_first_not_of(blanks); at != std::string_view::npos;
       at = scope.find_first_not_of(blanks, at)) {
    const std::size_t end = std::min(scope.find_first_of(blanks, at), scope.size());
    out.emplace_back(scope.substr(at, end - at));
    at = end;
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Result<domain::ServicePrincipal> parse_service_principal(const json::value& value) {
  const std::string_view id = text_at(value, "id");
  const std::string_view app_id = text_at(value, "appId");
  if (id.empty()) return lacks("servicePrincipal", "id");
  if (app_id.empty()) return lacks("servicePrincipal", "appId");
  domain::ServicePrincipal out;
  out.id = domain::ServicePrincipalId(lower_guid(id));
  out.app_id = domain::AppId(lower_guid(app_id));
  out.display_name = text_at(value, "displayName");
  const std::string_view owner = text_at(value, "appOwnerOrganizationId");
  if (!owner.empty()) out.owner_tenant = domain::TenantId(lower_guid(owner));
  out.type = string_at(value, "servicePrincipalType");
  out.account_enabled = bool_at(value, "accountEnabled");
  out.disabled_by_microsoft = string_at(value, "disabledByMicrosoftStatus");
  out.verified_publisher = publisher_at(value);
  out.created = time_at(value, "createdDateTime");
  out.reply_urls = strings_at(value, "replyUrls");
  out.homepage = string_at(value, "homepage");
  out.app_roles = app_roles_at(value);
  return out;
}

Result<domain::Grant> parse_grant(const json::value& value) {
  const std::string_view id = text_at(value, "id");
  const std::string_view client = text_at(value, "clientId");
  const std::string_view resource = text_at(value, "resourceId");
  const std::string_view consent = text_at(value, "consentType");
  const std::string_view principal = text_at(value, "principalId");
  if (id.empty()) return lacks("oauth2PermissionGrant", "id");
  if (client.empty()) return lacks("oauth2PermissionGrant", "clientId");
  if (resource.empty()) return lacks("oauth2PermissionGrant", "resourceId");
  const bool all = consent == "AllPrincipals";
  if (!all && consent != "Principal") return lacks("oauth2PermissionGrant", "consentType");
  if (!all && principal.empty()) return lacks("oauth2PermissionGrant", "principalId");
  domain::Grant out;
  out.id = domain::GrantId(std::string(id));
  out.client = domain::ServicePrincipalId(lower_guid(client));
  out.resource = domain::ServicePrincipalId(lower_guid(resource));
  out.consent = all ? domain::ConsentType::all_principals : domain::ConsentType::principal;
  if (!all) out.principal = domain::UserId(lower_guid(principal));
  out.scopes = split_scopes(text_at(value, "scope"));
  return out;
}

Result<domain::AppRoleAssignment> parse_app_role_assignment(const json::value& value) {
  const std::string_view id = text_at(value, "id");
  const std::string_view principal = text_at(value, "principalId");
  const std::string_view resource = text_at(value, "resourceId");
  const std::string_view role = text_at(value, "appRoleId");
  if (id.empty()) return lacks("appRoleAssignment", "id");
  if (principal.empty()) return lacks("appRoleAssignment", "principalId");
  if (resource.empty()) return lacks("appRoleAssignment", "resourceId");
  if (role.empty()) return lacks("appRoleAssignment", "appRoleId");
  domain::AppRoleAssignment out;
  out.id = domain::AssignmentId(std::string(id));
  out.principal = domain::ServicePrincipalId(lower_guid(principal));
  out.resource = domain::ServicePrincipalId(lower_guid(resource));
  out.role_id = lower_guid(role);
  out.created = time_at(value, "createdDateTime");
  return out;
}

Result<domain::Assignment> parse_assignment(const json::value& value) {
  const auto same = parse_app_role_assignment(value);
  if (!same) return same.error();
  const std::string_view type = text_at(value, "principalType");
  if (type.empty()) return lacks("appRoleAssignment", "principalType");
  return domain::Assignment{.id = same->id,
                            .principal = same->principal.str(),
                            .principal_type = std::string(type),
                            .resource = same->resource,
                            .role_id = same->role_id};
}

Result<domain::User> parse_user(const json::value& value) {
  const std::string_view id = text_at(value, "id");
  if (id.empty()) return lacks("user", "id");
  domain::User out;
  out.id = domain::UserId(lower_guid(id));
  out.user_principal_name = string_at(value, "userPrincipalName");
  out.display_name = string_at(value, "displayName");
  out.account_enabled = bool_at(value, "accountEnabled");
  out.type = string_at(value, "userType");
  out.sessions_valid_from = time_at(value, "signInSessionsValidFromDateTime");
  return out;
}

}  // namespace clawback::graph
