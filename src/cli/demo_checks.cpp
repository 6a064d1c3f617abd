#include "cli/demo_checks.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace clawback::cli {
namespace {

std::string verdict_of(const json::value& findings, const std::string& service_principal) {
  const json::array* list = array_at(findings, "findings");
  if (list == nullptr) return {};
  for (const json::value& finding : *list) {
    const json::value* app = member(finding, "app");
    if (app == nullptr || string_at(*app, "servicePrincipalId") != service_principal) continue;
    return string_at(finding, "verdict").value_or("");
  }
  return {};
}

bool is_blocked(const lab::Tenant& tenant, const std::string& app_id) {
  return std::any_of(tenant.service_principals.begin(), tenant.service_principals.end(),
                     [&](const auto& entry) {
                       return entry.second.app_id == app_id && !entry.second.account_enabled;
                     });
}

bool is_effective(const lab::Tenant& tenant, const plan::Action& action) {
  using domain::ActionKind;
  const std::string& id = action.target.id;
  if (action.kind == ActionKind::disable_app || action.kind == ActionKind::block_app) {
    return is_blocked(tenant, action.target.app_id);
  }
  if (action.kind == ActionKind::revoke_grant) return !tenant.grants.contains(id);
  if (action.kind == ActionKind::remove_app_role) return !tenant.role_assignments.contains(id);
  if (action.kind == ActionKind::revoke_sessions) {
    const auto user = tenant.users.find(id);
    return user != tenant.users.end() && user->second.revocations > 0;
  }
  return false;
}

}  // namespace

std::vector<Claim> found_all(const std::vector<lab::Planted>& planted,
                             const json::value& findings) {
  std::vector<Claim> claims;
  for (const lab::Planted& one : planted) {
    if (!one.abused) continue;
    const std::string verdict = verdict_of(findings, one.service_principal_id);
    claims.push_back({.text = fmt::format("planted \"{}\" was found: {}", one.label,
                                          verdict.empty() ? "no" : verdict),
                      .holds = verdict == "alert" || verdict == "watch"});
  }
  return claims;
}

Claim nothing_benign(const std::vector<lab::Planted>& planted, const plan::Plan& plan) {
  std::string touched;
  std::size_t benign = 0;
  for (const lab::Planted& one : planted) {
    if (one.abused) continue;
    ++benign;
    for (const plan::Action& action : plan.actions) {
      const bool aims = action.target.app_id == one.app_id && action.target.kind != "user";
      if (aims) touched += fmt::format(" {} ({})", one.label, plan::short_name(action));
    }
  }
  if (touched.empty()) {
    return {.text = fmt::format("none of the {} planted applications to be left alone is touched",
                                benign),
            .holds = true};
  }
  return {.text = "applications to be left alone would be touched:" + touched, .holds = false};
}

Claim all_effects(const lab::Tenant& tenant, const plan::Plan& plan) {
  std::string absent;
  for (const plan::Action& action : plan.actions) {
    if (!is_effective(tenant, action)) absent += " " + plan::short_name(action);
  }
  if (absent.empty()) {
    return {.text = fmt::format("all {} effects are there, seen from inside the tenant",
                                plan.actions.size()),
            .holds = true};
  }
  return {.text = "not seen inside the tenant:" + absent, .holds = false};
}

}  // namespace clawback::cli
