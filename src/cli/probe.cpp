#include "cli/probe.hpp"

#include <algorithm>

#include "plan/kinds.hpp"

namespace clawback::cli {
namespace {

constexpr std::string_view microsoft_graph = "00000003-0000-0000-c000-000000000000";

struct Wanted {
  std::string_view source;
  graph::Call call;
};

std::vector<Wanted> plain_reads() {
  using graph::make_call;
  return {{domain::source::service_principals,
           make_call("servicePrincipal_list", {}, "$top=1&$select=id")},
          {domain::source::grants, make_call("oauth2PermissionGrant_list", {}, "$top=1")},
          {domain::source::users, make_call("user_list", {}, "$top=1&$select=id")},
          {domain::source::audits, make_call("directoryAudit_list", {}, "$top=1")},
          {domain::source::sign_ins, make_call("signIn_list", {}, "$top=1")},
          {domain::source::app_activities,
           make_call("servicePrincipalSignInActivity_list", {}, "$top=1")},
          {domain::source::authorization_policy, make_call("authorizationPolicy_get")},
          {domain::source::permission_grant_policies, make_call("permissionGrantPolicy_list")}};
}

std::string permission_for(const graph::Call& call) {
  const graph::Operation& operation = graph::operation(call.operation);
  return operation.permissions.empty() ? std::string() : std::string(operation.permissions.front());
}

asio::awaitable<Probe> probe(graph::Reader& reader, std::string_view source, graph::Call call) {
  Probe out{
      .source = std::string(source), .permission = permission_for(call), .error = std::nullopt};
  const auto answer = co_await reader.get(call);
  if (!answer) {
    out.error = answer.error();
  } else if (!answer->ok()) {
    out.error = graph::to_error(call, *answer);
  }
  co_return out;
}

// Application permissions are read from the API that gives them, whose object id has to be asked
// for first.
asio::awaitable<Probe> probe_app_roles(graph::Reader& reader) {
  const graph::Call find =
      graph::make_call("servicePrincipal_getByAppId", {std::string(microsoft_graph)}, "$select=id");
  Probe out{.source = std::string(domain::source::app_roles),
            .permission = permission_for(find),
            .error = std::nullopt};
  const auto found = co_await reader.get(find);
  if (!found) {
    out.error = found.error();
    co_return out;
  }
  const auto id = string_at(found->body, "id");
  if (!found->ok() || !id) {
    out.error = graph::to_error(find, *found);
    co_return out;
  }
  const graph::Call call =
      graph::make_call("servicePrincipal_listAppRoleAssignedTo", {*id}, "$top=1");
  co_return co_await probe(reader, domain::source::app_roles, call);
}

}  // namespace

asio::awaitable<Result<std::vector<std::string>>> roles_of(auth::TokenSource& tokens) {
  const auto authorization = co_await tokens.authorization();
  if (!authorization) co_return authorization.error();
  const auto claims = auth::peek_claims(*authorization);
  // A token that can't be looked into is still a token: what it may do shows when it is used.
  if (!claims) co_return std::vector<std::string>();
  co_return claims->roles;
}

asio::awaitable<std::vector<Probe>> probe_sources(graph::Reader& reader) {
  std::vector<Probe> out;
  for (Wanted& wanted : plain_reads()) {
    out.push_back(co_await probe(reader, wanted.source, std::move(wanted.call)));
  }
  out.push_back(co_await probe_app_roles(reader));
  co_return out;
}

domain::Coverage coverage_of(const std::vector<Probe>& probes) {
  domain::Coverage coverage;
  for (const Probe& probe : probes) {
    domain::Source source{
        .name = probe.source, .state = domain::SourceState::read, .records = 0, .reason = {}};
    if (probe.error) {
      source.state = domain::SourceState::denied;
      source.reason = probe.error->message;
    }
    domain::record(coverage, std::move(source));
  }
  return coverage;
}

namespace {

struct Needs {
  domain::ActionKind kind;
  std::vector<std::string_view> operations;  // to look, to do, and to undo
};

const std::vector<Needs>& needs() {
  using enum domain::ActionKind;
  static const std::vector<Needs> table = {
      {disable_app, {"servicePrincipal_get", "servicePrincipal_update"}},
      {block_app,
       {"servicePrincipal_getByAppId", "servicePrincipal_create", "servicePrincipal_upsertByAppId",
        "servicePrincipal_update"}},
      {disable_user, {"user_get", "user_update_accountEnabled"}},
      {revoke_grant,
       {"oauth2PermissionGrant_get", "oauth2PermissionGrant_delete",
        "oauth2PermissionGrant_create"}},
      {narrow_grant,
       {"oauth2PermissionGrant_get", "oauth2PermissionGrant_update", "oauth2PermissionGrant_delete",
        "oauth2PermissionGrant_create"}},
      {remove_app_role,
       {"servicePrincipal_listAppRoleAssignments", "servicePrincipal_deleteAppRoleAssignedTo",
        "servicePrincipal_createAppRoleAssignment"}},
      {remove_assignment,
       {"servicePrincipal_listAppRoleAssignedTo", "servicePrincipal_deleteAppRoleAssignedTo",
        "servicePrincipal_createAppRoleAssignedTo"}},
      {revoke_sessions, {"user_get", "user_revokeSignInSessions"}},
      {disable_inbox_rule, {"messageRule_get", "messageRule_update"}},
      {restrict_consent, {"authorizationPolicy_get", "authorizationPolicy_update"}},
      {require_admin_consent,
       {"adminConsentRequestPolicy_get", "adminConsentRequestPolicy_update"}},
      {require_managed_client,
       {"conditionalAccessPolicy_list", "conditionalAccessPolicy_create",
        "conditionalAccessPolicy_update"}},
  };
  return table;
}

bool asked_for(const policy::Policy& policy, domain::ActionKind kind) {
  if (!policy.block.empty() &&
      (kind == domain::ActionKind::block_app || kind == domain::ActionKind::disable_app)) {
    return true;
  }
  return std::any_of(policy.rules.begin(), policy.rules.end(), [&](const policy::Rule& rule) {
    return rule.mode >= domain::Mode::approve && plan::asks_for(rule, kind);
  });
}

bool gives(const std::vector<std::string>& roles, const graph::Operation& operation) {
  return std::any_of(operation.permissions.begin(), operation.permissions.end(),
                     [&](std::string_view permission) {
                       return std::find(roles.begin(), roles.end(), permission) != roles.end();
                     });
}

void check(std::vector<Lacking>& out, const std::vector<std::string>& roles, std::string_view id) {
  const graph::Operation& operation = graph::operation(id);
  if (gives(roles, operation)) return;
  const std::string permission(operation.permissions.front());
  const bool named = std::any_of(
      out.begin(), out.end(), [&](const Lacking& other) { return other.permission == permission; });
  if (!named) out.push_back({.operation = std::string(id), .permission = permission});
}

}  // namespace

std::vector<Lacking> lacking_for_writes(const std::vector<std::string>& roles,
                                        const policy::Policy& policy) {
  std::vector<Lacking> out;
  for (const Needs& one : needs()) {
    if (!asked_for(policy, one.kind)) continue;
    for (const std::string_view id : one.operations) check(out, roles, id);
  }
  return out;
}

std::vector<Lacking> lacking_for_second_look(const std::vector<std::string>& roles,
                                             const policy::Policy& policy) {
  std::vector<Lacking> out;
  if (asked_for(policy, domain::ActionKind::disable_user)) check(out, roles, "user_get");
  if (asked_for(policy, domain::ActionKind::remove_assignment)) {
    check(out, roles, "servicePrincipal_listAppRoleAssignedTo");
  }
  if (asked_for(policy, domain::ActionKind::disable_inbox_rule)) {
    check(out, roles, "messageRule_list");
  }
  return out;
}

}  // namespace clawback::cli
