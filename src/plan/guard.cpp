#include "plan/guard.hpp"

#include <algorithm>

#include "base/safe_text.hpp"
#include "domain/permissions.hpp"

namespace clawback::plan {

std::optional<std::string> protected_because(const domain::ServicePrincipal& app,
                                             const domain::TenantId& tenant,
                                             const std::vector<std::string>& own_app_ids) {
  if (std::find(own_app_ids.begin(), own_app_ids.end(), app.app_id.str()) != own_app_ids.end()) {
    return "it is one of clawback's own identities";
  }
  if (domain::is_resource_api(app.app_id)) return "it is a Microsoft resource API";
  switch (domain::ownership_of(app, tenant)) {
    case domain::Ownership::microsoft:
      return "it is owned by Microsoft (appOwnerOrganizationId)";
    case domain::Ownership::unknown:
      return "its owner is unknown: Graph returned no appOwnerOrganizationId";
    case domain::Ownership::own_tenant:
    case domain::Ownership::third_party:
      break;
  }
  if (!app.type) return "its servicePrincipalType is unknown";
  if (*app.type == "ManagedIdentity") return "it is a managed identity";
  if (*app.type != "Application") {
    return "its servicePrincipalType is " + printable(*app.type, 40) + ", not Application";
  }
  return std::nullopt;
}

std::optional<std::string> protected_user(const domain::UserId& user, const policy::Policy& policy,
                                          const std::vector<domain::UserId>& approvers) {
  const auto& listed = policy.protected_users;
  if (std::find(listed.begin(), listed.end(), user) != listed.end()) {
    return "the policy protects this user (protected_users)";
  }
  const auto& doors = policy.managed_client.break_glass;
  if (std::find(doors.begin(), doors.end(), user) != doors.end()) {
    return "this is a break-glass account ([managed_client] break_glass)";
  }
  if (std::find(approvers.begin(), approvers.end(), user) != approvers.end()) {
    return "this user approves plans";
  }
  return std::nullopt;
}

}  // namespace clawback::plan
