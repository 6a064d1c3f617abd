#include "plan/kinds.hpp"

#include <algorithm>
#include <array>

namespace clawback::plan {
namespace {

using domain::ActionKind;

constexpr std::array table{
    KindInfo{.kind = ActionKind::disable_app,
             .target = "servicePrincipal",
             .object = Object::service_principal,
             .inverse = ActionKind::enable_app,
             .contains = true,
             .repeatable = true,
             .shape = shape_disable_app,
             .plan = plan_disable_app},
    KindInfo{.kind = ActionKind::block_app,
             .target = "application",
             .object = Object::service_principal,
             .inverse = ActionKind::enable_app,
             .contains = true,
             .shape = shape_block_app},
    KindInfo{.kind = ActionKind::revoke_grant,
             .target = "oauth2PermissionGrant",
             .object = Object::grant,
             .inverse = ActionKind::restore_grant,
             .shape = shape_revoke_grant,
             .plan = plan_revoke_grant},
    KindInfo{.kind = ActionKind::remove_app_role,
             .target = "appRoleAssignment",
             .object = Object::app_role_in_list,
             .inverse = ActionKind::restore_app_role,
             .shape = shape_remove_app_role,
             .plan = plan_remove_app_role},
    KindInfo{.kind = ActionKind::revoke_sessions,
             .target = "user",
             .object = Object::user,
             .inverse = std::nullopt,
             .repeatable = true,
             .shape = shape_revoke_sessions,
             .plan = plan_revoke_sessions},
    KindInfo{.kind = ActionKind::restrict_consent,
             .target = "authorizationPolicy",
             .object = Object::authorization_policy,
             .inverse = ActionKind::restore_consent,
             .repeatable = true,
             .shape = shape_restrict_consent,
             .plan = plan_restrict_consent},
    KindInfo{.kind = ActionKind::require_admin_consent,
             .target = "adminConsentRequestPolicy",
             .object = Object::admin_consent_request_policy,
             .inverse = ActionKind::restore_admin_consent,
             .repeatable = true,
             .shape = shape_require_admin_consent,
             .plan = plan_require_admin_consent},
    KindInfo{.kind = ActionKind::require_managed_client,
             .target = "conditionalAccessPolicy",
             .object = Object::access_policy_in_list,
             .inverse = ActionKind::withdraw_managed_client,
             .shape = shape_require_managed_client,
             .plan = plan_require_managed_client},
    KindInfo{.kind = ActionKind::withdraw_managed_client,
             .target = "conditionalAccessPolicy",
             .object = Object::access_policy_in_list,
             .inverse = std::nullopt,
             .repeatable = true,
             .shape = shape_withdraw_managed_client},
    KindInfo{.kind = ActionKind::restore_admin_consent,
             .target = "adminConsentRequestPolicy",
             .object = Object::admin_consent_request_policy,
             .inverse = ActionKind::restore_admin_consent,
             .repeatable = true,
             .shape = shape_restore_admin_consent},
    KindInfo{.kind = ActionKind::restore_consent,
             .target = "authorizationPolicy",
             .object = Object::authorization_policy,
             .inverse = ActionKind::restore_consent,
             .repeatable = true,
             .shape = shape_restore_consent},
    KindInfo{.kind = ActionKind::restore_app_role,
             .target = "appRoleAssignment",
             .object = Object::app_role_in_list,
             .inverse = ActionKind::remove_app_role,
             .shape = shape_restore_app_role},
    KindInfo{.kind = ActionKind::restore_grant,
             .target = "oauth2PermissionGrant",
             .object = Object::grant_in_list,
             .inverse = ActionKind::revoke_grant,
             .shape = shape_restore_grant},
    KindInfo{.kind = ActionKind::enable_app,
             .target = "servicePrincipal",
             .object = Object::service_principal,
             .inverse = ActionKind::disable_app,
             .repeatable = true,
             .shape = shape_enable_app},
};

}  // namespace

const KindInfo* find_kind(ActionKind kind) {
  const auto* const found = std::find_if(table.begin(), table.end(),
                                         [&](const KindInfo& one) { return one.kind == kind; });
  return found != table.end() ? found : nullptr;
}

std::span<const KindInfo> kinds() { return table; }

Target app_target(const domain::ServicePrincipal& app, std::string id) {
  return {.kind = {},
          .id = std::move(id),
          .app_id = app.app_id.str(),
          .service_principal_id = app.id.str(),
          .display_name = app.display_name};
}

std::set<domain::UserId> users_of(const Planning& planning) {
  std::set<domain::UserId> users;
  for (const domain::Grant& grant : planning.finding.grants) {
    if (grant.principal) users.insert(*grant.principal);
  }
  for (const domain::SignIn& sign_in : planning.snapshot.sign_ins) {
    const bool got_in = sign_in.app_id == planning.finding.app.app_id && sign_in.error_code == 0;
    if (got_in) users.insert(sign_in.user);
  }
  return users;
}

void refuse_once(const Planning& planning, std::string target, std::string reason) {
  const bool noted = std::any_of(
      planning.refused.begin(), planning.refused.end(),
      [&](const Refusal& other) { return other.target == target && other.reason == reason; });
  if (noted) return;
  planning.refused.push_back(
      {.finding = planning.finding.key, .target = std::move(target), .reason = std::move(reason)});
}

int stage_of(ActionKind kind) {
  // Two ways to make a grant smaller, and two ways to keep an application out.
  if (kind == ActionKind::block_app) return static_cast<int>(ActionKind::disable_app);
  if (kind == ActionKind::narrow_grant) return static_cast<int>(ActionKind::revoke_grant);
  return static_cast<int>(kind);
}

}  // namespace clawback::plan
