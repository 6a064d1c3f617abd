#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "lab/apps.hpp"
#include "lab/audit.hpp"
#include "lab/ids.hpp"

namespace clawback::lab {
namespace {

std::string agent_of(const Actor& actor) {
  return actor.user_id.empty() || !actor.through_consent_page ? "clawback-lab/1" : "EvoSTS";
}

std::string names_of(const ServicePrincipal& app) {
  const json::array* names = array_at(app.body, "servicePrincipalNames");
  std::string joined;
  if (names == nullptr) return joined;
  for (const json::value& name : *names) {
    if (!joined.empty()) joined.push_back(';');
    if (name.is_string()) joined += name.as_string();
  }
  return joined;
}

AuditChange fresh(std::string name, std::string value) {
  return {.name = std::move(name), .before = std::nullopt, .after = std::move(value)};
}

AuditChange listed(std::string name, std::string_view value) {
  return {.name = std::move(name), .before = "[]", .after = in_brackets(value)};
}

// Either side of a scope change: absent is null.
std::optional<std::string> side(const std::string& scope) {
  if (scope.empty()) return std::nullopt;
  return quoted(scope);
}

std::string flag(bool value) { return value ? "[true]" : "[false]"; }

// What every event about a client at a resource says of the client.
void describe_client(std::vector<AuditChange>& changes, const std::string& id,
                     const ServicePrincipal* named) {
  changes.push_back(fresh("ServicePrincipal.ObjectID", quoted(id)));
  for (const std::string_view name : {"DisplayName", "AppId", "Name"}) {
    AuditChange change;
    change.name = "ServicePrincipal." + std::string(name);
    if (named != nullptr) {
      change.after = quoted(name == "DisplayName" ? named->display_name : named->app_id);
    }
    changes.push_back(std::move(change));
  }
}

}  // namespace

AuditRecord added_service_principal(const Happening& happening, const ServicePrincipal& app) {
  AuditTarget target{.id = app.id, .name = app.display_name};
  target.changes = {
      listed("AccountEnabled", app.account_enabled ? "true" : "false"),
      listed("AppPrincipalId", quoted(app.app_id)),
      listed("DisplayName", quoted(app.display_name)),
      listed("ServicePrincipalName", quoted(app.app_id)),
      fresh("Included Updated Properties",
            quoted("AccountEnabled, AppPrincipalId, DisplayName, ServicePrincipalName")),
      fresh("TargetId.ServicePrincipalNames", quoted(app.app_id))};
  return {.happening = happening,
          .activity = "Add service principal",
          .operation = "Add",
          .targets = {std::move(target)},
          .details = {{"User-Agent", agent_of(happening.actor)}, {"AppId", app.app_id}}};
}

AuditRecord removed_service_principal(const Happening& happening, const ServicePrincipal& app) {
  return {.happening = happening,
          .activity = "Remove service principal",
          .operation = "Delete",
          .targets = {{.id = app.id, .name = app.display_name}},
          .details = {{"User-Agent", agent_of(happening.actor)}, {"AppId", app.app_id}}};
}

AuditRecord switched_service_principal(const Happening& happening, const ServicePrincipal& app,
                                       bool enabled_before) {
  AuditTarget target{.id = app.id, .name = app.display_name};
  target.changes = {{.name = "AccountEnabled",
                     .before = flag(enabled_before),
                     .after = flag(app.account_enabled)},
                    fresh("Included Updated Properties", quoted("AccountEnabled")),
                    fresh("TargetId.ServicePrincipalNames", quoted(app.app_id))};
  return {.happening = happening,
          .activity = "Update service principal",
          .operation = "Update",
          .targets = {std::move(target)},
          .details = {{"User-Agent", agent_of(happening.actor)}, {"AppId", app.app_id}}};
}

AuditRecord changed_grant(const Happening& happening, const Tenant& tenant, const Grant& grant,
                          const ScopeChange& scopes, bool added) {
  const ServicePrincipal& client = app_of(tenant, grant.client_id);
  const ServicePrincipal& resource = app_of(tenant, grant.resource_id);
  const std::string consent = quoted(grant.principal_id.empty() ? "AllPrincipals" : "Principal");
  const auto kind = [&consent](const std::string& scope) {
    return scope.empty() ? std::nullopt : std::optional(consent);
  };
  // The target is the resource; the client stands in a property and in the second target.
  AuditTarget target{.id = grant.resource_id, .name = resource.display_name};
  target.changes = {
      {"DelegatedPermissionGrant.Scope", side(scopes.before), side(scopes.after)},
      {"DelegatedPermissionGrant.ConsentType", kind(scopes.before), kind(scopes.after)}};
  if (!grant.principal_id.empty()) {
    target.changes.push_back(
        fresh("DelegatedPermissionGrant.PrincipalId", quoted(grant.principal_id)));
  }
  describe_client(target.changes, grant.client_id, nullptr);
  target.changes.push_back(fresh("TargetId.ServicePrincipalNames", quoted(names_of(resource))));
  AuditTarget second{.id = client.id.empty() ? grant.client_id : client.id};
  return {
      .happening = happening,
      .activity = added ? "Add delegated permission grant" : "Remove delegated permission grant",
      .operation = added ? "Assign" : "Unassign",
      .targets = {std::move(target), std::move(second)},
      .details = {{"User-Agent", agent_of(happening.actor)}, {"AppId", resource.app_id}}};
}

AuditRecord changed_app_role(const Happening& happening, const Tenant& tenant,
                             const RoleAssignment& assignment, bool added) {
  const ServicePrincipal& client = app_of(tenant, assignment.principal_id);
  const ServicePrincipal& resource = app_of(tenant, assignment.resource_id);
  std::string value;
  if (const json::array* roles = array_at(resource.body, "appRoles")) {
    for (const json::value& role : *roles) {
      if (string_at(role, "id") == assignment.role_id)
        value = string_at(role, "value").value_or("");
    }
  }
  AuditTarget target{.id = assignment.resource_id, .name = resource.display_name};
  target.changes = {
      fresh("AppRole.Id", quoted(assignment.role_id)), fresh("AppRole.Value", quoted(value)),
      fresh("AppRole.DisplayName", quoted(value)),
      fresh("AppRoleAssignment.CreatedDateTime", quoted(format_time(assignment.created))),
      fresh("AppRoleAssignment.LastModifiedDateTime", quoted(format_time(assignment.created)))};
  describe_client(target.changes, assignment.principal_id, &client);
  target.changes.push_back(fresh("TargetId.ServicePrincipalNames", quoted(names_of(resource))));
  if (!added) {
    for (AuditChange& change : target.changes) std::swap(change.before, change.after);
  }
  return {.happening = happening,
          .activity = added ? "Add app role assignment to service principal"
                            : "Remove app role assignment from service principal",
          .operation = added ? "Assign" : "Unassign",
          .targets = {std::move(target), {.id = client.id, .name = client.app_id}},
          .details = {{"User-Agent", agent_of(happening.actor)}, {"AppId", resource.app_id}}};
}

AuditRecord assigned_user(const Happening& happening, const Tenant& tenant,
                          const RoleAssignment& assignment) {
  const ServicePrincipal& app = app_of(tenant, assignment.resource_id);
  AuditTarget target{.id = app.id, .name = app.display_name};
  target.changes = {fresh("AppRole.Id", quoted(assignment.role_id)),
                    fresh("User.ObjectID", quoted(assignment.principal_id)),
                    fresh("User.UPN", quoted(happening.actor.user_principal_name)),
                    fresh("TargetId.ServicePrincipalNames", quoted(app.app_id))};
  return {.happening = happening,
          .activity = "Add app role assignment grant to user",
          .category = "UserManagement",
          .operation = "Assign",
          .targets = {std::move(target), {.id = assignment.principal_id, .type = "User"}},
          .details = {{"User-Agent", agent_of(happening.actor)}, {"AppId", app.app_id}}};
}

AuditRecord revoked_sessions(const Happening& happening, const User& user, Time before) {
  AuditTarget target{.id = user.id, .type = "User"};
  target.changes = {{.name = "StsRefreshTokensValidFrom",
                     .before = in_brackets(quoted(format_time(before))),
                     .after = in_brackets(quoted(format_time(user.sessions_valid_from)))},
                    fresh("Included Updated Properties", quoted("StsRefreshTokensValidFrom"))};
  return {.happening = happening,
          .activity = "Update StsRefreshTokenValidFrom Timestamp",
          .category = "UserManagement",
          .operation = "Update",
          .targets = {std::move(target)},
          .details = {{"User-Agent", agent_of(happening.actor)}}};
}

AuditRecord switched_user(const Happening& happening, const User& user) {
  AuditTarget target{.id = user.id, .type = "User"};
  target.changes = {{.name = "AccountEnabled",
                     .before = flag(!user.account_enabled),
                     .after = flag(user.account_enabled)},
                    fresh("Included Updated Properties", quoted("AccountEnabled"))};
  return {.happening = happening,
          .activity = user.account_enabled ? "Enable account" : "Disable account",
          .category = "UserManagement",
          .operation = "Update",
          .targets = {std::move(target)},
          .details = {{"User-Agent", agent_of(happening.actor)}}};
}

AuditRecord changed_authorization_policy(const Happening& happening, const json::value& before,
                                         const json::value& after) {
  const auto assigned = [](const json::value& policy) -> std::string {
    const json::object* defaults = object_at(policy, "defaultUserRolePermissions");
    if (defaults == nullptr) return "[]";
    const json::value* list = defaults->if_contains("permissionGrantPoliciesAssigned");
    return list == nullptr ? "[]" : json::serialize(*list);
  };
  AuditTarget target{.id = "24484114-1daa-4700-aaf7-44ee5cbe5678",
                     .name = "Authorization Policy",
                     .type = "Other"};
  target.changes = {{.name = "PermissionGrantPolicyIdsAssignedToDefaultUserRole",
                     .before = assigned(before),
                     .after = assigned(after)}};
  return {.happening = happening,
          .activity = "Update authorization policy",
          .category = "AuthorizationPolicy",
          .operation = "Update",
          .targets = {std::move(target)},
          .details = {{"User-Agent", agent_of(happening.actor)}}};
}

}  // namespace clawback::lab
