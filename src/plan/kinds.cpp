#include "plan/kinds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/safe_text.hpp"

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
    KindInfo{.kind = ActionKind::confirm_block,
             .target = "application",
             .object = Object::service_principal,
             .inverse = ActionKind::enable_app,
             .contains = true,
             .repeatable = true,
             .shape = shape_confirm_block},
    KindInfo{.kind = ActionKind::disable_user,
             .target = "user",
             .object = Object::user,
             .inverse = ActionKind::enable_user,
             .repeatable = true,
             .shape = shape_disable_user,
             .plan = plan_disable_user},
    KindInfo{.kind = ActionKind::revoke_grant,
             .target = "oauth2PermissionGrant",
             .object = Object::grant,
             .inverse = ActionKind::restore_grant,
             .shape = shape_revoke_grant,
             .plan = plan_revoke_grant},
    KindInfo{.kind = ActionKind::narrow_grant,
             .target = "oauth2PermissionGrant",
             .object = Object::grant,
             .inverse = ActionKind::restore_scopes,
             .repeatable = true,
             .shape = shape_narrow_grant,
             .plan = plan_narrow_grant},
    KindInfo{.kind = ActionKind::remove_app_role,
             .target = "appRoleAssignment",
             .object = Object::app_role_in_list,
             .inverse = ActionKind::restore_app_role,
             .shape = shape_remove_app_role,
             .plan = plan_remove_app_role},
    KindInfo{.kind = ActionKind::remove_assignment,
             .target = "assignment",
             .object = Object::assignment_in_list,
             .inverse = ActionKind::restore_assignment,
             .shape = shape_remove_assignment,
             .plan = plan_remove_assignment},
    KindInfo{.kind = ActionKind::revoke_sessions,
             .target = "user",
             .object = Object::user,
             .inverse = std::nullopt,
             .repeatable = true,
             .shape = shape_revoke_sessions,
             .plan = plan_revoke_sessions},
    KindInfo{.kind = ActionKind::disable_inbox_rule,
             .target = "messageRule",
             .object = Object::inbox_rule,
             .inverse = ActionKind::enable_inbox_rule,
             .repeatable = true,
             .shape = shape_disable_inbox_rule,
             .plan = plan_disable_inbox_rule},
    KindInfo{.kind = ActionKind::restrict_consent,
             .target = "authorizationPolicy",
             .object = Object::authorization_policy,
             .inverse = ActionKind::restore_consent,
             .repeatable = true,
             .shape = shape_restrict_consent,
             .plan = plan_restrict_consent,
             .not_asked = not_asked_restrict_consent},
    KindInfo{.kind = ActionKind::require_admin_consent,
             .target = "adminConsentRequestPolicy",
             .object = Object::admin_consent_request_policy,
             .inverse = ActionKind::restore_admin_consent,
             .repeatable = true,
             .shape = shape_require_admin_consent,
             .plan = plan_require_admin_consent,
             .not_asked = not_asked_require_admin_consent},
    KindInfo{.kind = ActionKind::require_managed_client,
             .target = "conditionalAccessPolicy",
             .object = Object::access_policy_in_list,
             .inverse = ActionKind::withdraw_managed_client,
             .shape = shape_require_managed_client,
             .plan = plan_require_managed_client,
             .not_asked = not_asked_require_managed_client},
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
    KindInfo{.kind = ActionKind::enable_inbox_rule,
             .target = "messageRule",
             .object = Object::inbox_rule,
             .inverse = ActionKind::disable_inbox_rule,
             .repeatable = true,
             .shape = shape_enable_inbox_rule},
    KindInfo{.kind = ActionKind::restore_assignment,
             .target = "assignment",
             .object = Object::assignment_in_list,
             .inverse = ActionKind::remove_assignment,
             .shape = shape_restore_assignment},
    KindInfo{.kind = ActionKind::restore_app_role,
             .target = "appRoleAssignment",
             .object = Object::app_role_in_list,
             .inverse = ActionKind::remove_app_role,
             .shape = shape_restore_app_role},
    KindInfo{.kind = ActionKind::restore_scopes,
             .target = "oauth2PermissionGrant",
             .object = Object::grant,
             .inverse = ActionKind::narrow_grant,
             .repeatable = true,
             .shape = shape_restore_scopes},
    KindInfo{.kind = ActionKind::restore_grant,
             .target = "oauth2PermissionGrant",
             .object = Object::grant_in_list,
             .inverse = ActionKind::revoke_grant,
             .shape = shape_restore_grant},
    KindInfo{.kind = ActionKind::enable_user,
             .target = "user",
             .object = Object::user,
             .inverse = ActionKind::disable_user,
             .repeatable = true,
             .shape = shape_enable_user},
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

std::set<domain::UserId> users_of(const domain::Snapshot& snapshot,
                                  const domain::Finding& finding) {
  std::set<domain::UserId> users;
  for (const domain::Grant& grant : finding.grants) {
    if (grant.principal) users.insert(*grant.principal);
  }
  for (const domain::SignIn& sign_in : snapshot.sign_ins) {
    const bool got_in = sign_in.app_id == finding.app.app_id && sign_in.error_code == 0;
    if (got_in && !sign_in.user.str().empty()) users.insert(sign_in.user);
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

std::set<domain::UserId> users_of(const Planning& planning) {
  return users_of(planning.snapshot, planning.finding);
}

void refuse_unknown_users(const Planning& planning, ActionKind kind) {
  const domain::Coverage& coverage = planning.snapshot.coverage;
  const auto& grants = planning.finding.grants;
  const bool tenant_wide = std::any_of(grants.begin(), grants.end(), [](const auto& grant) {
    return grant.consent == domain::ConsentType::all_principals;
  });
  if (!tenant_wide || domain::was_read(coverage, domain::source::sign_ins)) return;
  planning.refused.push_back(
      {.finding = planning.finding.key,
       .target = planning.finding.app.id.str(),
       .reason =
           fmt::format("{}: who uses the tenant-wide grant is unknown: the sign-ins were not "
                       "read in full{}",
                       domain::name_of(kind), why_not_read(coverage, domain::source::sign_ins))});
}

std::string why_not_read(const domain::Coverage& coverage, std::string_view source) {
  const domain::Source* found = domain::find(coverage, source);
  if (found == nullptr || !found->reason) return {};
  return ": " + printable(*found->reason, 200);
}

bool asks_for(const policy::Rule& rule, ActionKind kind) {
  const auto names = [&](ActionKind one) {
    return std::find(rule.actions.begin(), rule.actions.end(), one) != rule.actions.end();
  };
  // A grant of which nothing harmless would be left goes as a whole.
  if (kind == ActionKind::revoke_grant && names(ActionKind::narrow_grant)) return true;
  return names(kind);
}

int stage_of(ActionKind kind) {
  // Two ways to make a grant smaller, and two ways to keep an application out.
  if (kind == ActionKind::block_app) return static_cast<int>(ActionKind::disable_app);
  if (kind == ActionKind::narrow_grant) return static_cast<int>(ActionKind::revoke_grant);
  return static_cast<int>(kind);
}

}  // namespace clawback::plan
