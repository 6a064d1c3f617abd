#include "evidence/kind.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>

#include "base/digest.hpp"
#include "evidence/own_shapes.hpp"
#include "graph/parse.hpp"

namespace clawback::evidence {
namespace {

template <class Record>
Result<void> put(std::vector<Record>& to, Result<Record> record) {
  if (!record) return record.error();
  to.push_back(std::move(*record));
  return {};
}

Result<void> add_app_role(domain::Snapshot& to, const json::value& record) {
  const auto type = string_at(record, "principalType");
  if (type && *type != "ServicePrincipal") return {};
  auto assignment = graph::parse_app_role_assignment(record);
  if (!assignment) return assignment.error();
  // Graph has no such member: it is how clawback's own evidence keeps the name of the role.
  assignment->value = string_at(record, "appRoleValue");
  to.app_roles.push_back(std::move(*assignment));
  return {};
}

// Graph has no "origin": it is how clawback's own evidence keeps which log an event is from.
Result<void> add_audit(domain::Snapshot& to, const json::value& record) {
  auto event = graph::parse_audit_event(record);
  if (!event) return event.error();
  const auto origin = string_at(record, "origin");
  if (origin == "unifiedAudit") event->origin = domain::Origin::unified_audit;
  if (origin == "logAnalytics") event->origin = domain::Origin::log_analytics;
  to.audits.push_back(std::move(*event));
  return {};
}

}  // namespace

std::string_view source_of(Kind kind) {
  switch (kind) {
    case Kind::service_principal:
      return domain::source::service_principals;
    case Kind::grant:
      return domain::source::grants;
    case Kind::app_role:
      return domain::source::app_roles;
    case Kind::user:
      return domain::source::users;
    case Kind::audit:
      return domain::source::audits;
    case Kind::sign_in:
      return domain::source::sign_ins;
    case Kind::authorization_policy:
      return domain::source::authorization_policy;
    case Kind::permission_grant_policy:
      return domain::source::permission_grant_policies;
    case Kind::mail_access:
      return domain::source::mail_accesses;
    case Kind::mailbox_change:
      return domain::source::mailbox_changes;
    case Kind::app_activity:
      return domain::source::app_activities;
    case Kind::organization_config:
      return domain::source::organization_config;
    case Kind::admin_consent_request_policy:
      return domain::source::admin_consent_request_policy;
    case Kind::conditional_access_policy:
      return domain::source::conditional_access_policies;
  }
  return {};
}

bool is_single(Kind kind) {
  return kind == Kind::authorization_policy || kind == Kind::organization_config ||
         kind == Kind::admin_consent_request_policy;
}

bool is_on_demand(Kind kind) {
  return kind == Kind::admin_consent_request_policy || kind == Kind::conditional_access_policy;
}

std::optional<Kind> kind_of(const json::value& record) {
  const json::object* object = record.if_object();
  if (object == nullptr) return std::nullopt;
  const auto has = [&](std::string_view key) { return object->contains(key); };
  const auto has_any = [&](std::initializer_list<std::string_view> keys) {
    return std::any_of(keys.begin(), keys.end(), has);
  };
  if (has("clientId") && has("resourceId") && has_any({"scope", "consentType"})) return Kind::grant;
  if (has("appRoleId") && has("principalId")) return Kind::app_role;
  if (has("activityDisplayName")) return Kind::audit;
  if (has("appId") && has("userId") && has("createdDateTime")) return Kind::sign_in;
  if (has("appId") && has_any({"servicePrincipalType", "appOwnerOrganizationId", "accountEnabled",
                               "servicePrincipalNames", "appRoleAssignmentRequired"})) {
    return Kind::service_principal;
  }
  if (has("appId") && has("lastSignInActivity")) return Kind::app_activity;
  if (has_any({"EwsEnabled", "EwsAllowedAppIDs"})) return Kind::organization_config;
  if (has("userPrincipalName")) return Kind::user;
  if (has("defaultUserRolePermissions")) return Kind::authorization_policy;
  if (has("includes") && has("excludes")) return Kind::permission_grant_policy;
  if (has("isEnabled") && has("reviewers") && has("requestDurationInDays")) {
    return Kind::admin_consent_request_policy;
  }
  if (has("conditions") && has("grantControls") && has("state")) {
    return Kind::conditional_access_policy;
  }
  return std::nullopt;
}

std::optional<Kind> kind_of_context(std::string_view context) {
  struct Name {
    std::string_view text;
    Kind kind;
  };
  constexpr Name names[] = {
      {"oauth2permissiongrants", Kind::grant},
      {"approleassignments", Kind::app_role},
      {"approleassignedto", Kind::app_role},
      {"serviceprincipals", Kind::service_principal},
      {"users", Kind::user},
      {"auditlogs/directoryaudits", Kind::audit},
      {"auditlogs/signins", Kind::sign_in},
      {"policies/authorizationpolicy", Kind::authorization_policy},
      {"authorizationpolicy", Kind::authorization_policy},
      {"policies/permissiongrantpolicies", Kind::permission_grant_policy},
      {"permissiongrantpolicies", Kind::permission_grant_policy},
      {"policies/adminconsentrequestpolicy", Kind::admin_consent_request_policy},
      {"conditionalaccess/policies", Kind::conditional_access_policy},
      {"identity/conditionalaccess/policies", Kind::conditional_access_policy},
      {"reports/serviceprincipalsigninactivities", Kind::app_activity},
      {"serviceprincipalsigninactivities", Kind::app_activity}};
  const std::size_t hash = context.find("$metadata#");
  if (hash == std::string_view::npos) return std::nullopt;
  std::string path = to_lower(context.substr(hash + std::string_view("$metadata#").size()));
  constexpr std::string_view entity = "/$entity";
  if (path.ends_with(entity)) path.resize(path.size() - entity.size());
  // "(…)" is a key or a $select list. A key is followed by the part of the object that is meant.
  const std::size_t close = path.rfind(")/");
  if (close != std::string::npos) path.erase(0, close + 2);
  path = path.substr(0, path.find('('));
  for (const Name& name : names) {
    if (path == name.text) return name.kind;
  }
  return std::nullopt;
}

Result<void> add_record(domain::Snapshot& to, Kind kind, const json::value& record) {
  switch (kind) {
    case Kind::service_principal:
      return put(to.service_principals, graph::parse_service_principal(record));
    case Kind::grant:
      return put(to.grants, graph::parse_grant(record));
    case Kind::app_role:
      return add_app_role(to, record);
    case Kind::user:
      return put(to.users, graph::parse_user(record));
    case Kind::audit:
      return add_audit(to, record);
    case Kind::sign_in:
      return put(to.sign_ins, graph::parse_sign_in(record));
    case Kind::authorization_policy: {
      auto policy = graph::parse_authorization_policy(record);
      if (!policy) return policy.error();
      to.authorization_policy = std::move(*policy);
      return {};
    }
    case Kind::permission_grant_policy:
      return put(to.permission_grant_policies, graph::parse_permission_grant_policy(record));
    case Kind::mail_access:
      return put(to.mail_accesses, parse_own_mail_access(record));
    case Kind::mailbox_change:
      return put(to.mailbox_changes, parse_own_mailbox_change(record));
    case Kind::app_activity:
      return put(to.app_activities, graph::parse_app_activity(record));
    case Kind::organization_config: {
      auto config = parse_organization_config(record);
      if (!config) return config.error();
      to.organization_config = std::move(*config);
      return {};
    }
    case Kind::admin_consent_request_policy: {
      auto policy = graph::parse_admin_consent_request_policy(record);
      if (!policy) return policy.error();
      to.admin_consent_request_policy = std::move(*policy);
      return {};
    }
    case Kind::conditional_access_policy:
      return put(to.conditional_access_policies, graph::parse_conditional_access_policy(record));
  }
  return {};
}

void name_app_roles(domain::Snapshot& snapshot) {
  for (domain::AppRoleAssignment& assignment : snapshot.app_roles) {
    if (assignment.value) continue;
    const auto* resource = domain::find_service_principal(snapshot, assignment.resource);
    if (resource == nullptr) continue;
    for (const domain::AppRole& role : resource->app_roles) {
      if (role.id == assignment.role_id) assignment.value = role.value;
    }
  }
}

}  // namespace clawback::evidence
