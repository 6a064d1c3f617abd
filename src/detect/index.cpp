#include "detect/index.hpp"

#include <algorithm>
#include <tuple>

#include "base/digest.hpp"
#include "detect/audit.hpp"

namespace clawback::detect {
namespace {

bool by_time(const auto* a, const auto* b) {
  return std::tie(a->time, a->id) < std::tie(b->time, b->id);
}

}  // namespace

Index::Index(const domain::Snapshot& snapshot) {
  apps_.reserve(snapshot.service_principals.size());
  by_id_.reserve(snapshot.service_principals.size());
  by_app_id_.reserve(snapshot.service_principals.size());
  users_.reserve(snapshot.users.size());
  for (const auto& app : snapshot.service_principals) {
    facts_of(app.id.str()).app = &app;
    if (!app.app_id.empty()) by_app_id_.emplace(app.app_id.str(), by_id_.at(app.id.str()));
  }
  for (const auto& user : snapshot.users) users_.emplace(user.id.str(), &user);
  for (const auto& grant : snapshot.grants) {
    facts_of(grant.client.str()).grants.push_back(held(grant));
  }
  for (const auto& role : snapshot.app_roles) facts_of(role.principal.str()).roles.push_back(&role);
  for (const auto& event : snapshot.audits) add_event(event);
  for (const auto& sign_in : snapshot.sign_ins) {
    const auto found = by_app_id_.find(sign_in.app_id.str());
    if (found != by_app_id_.end()) apps_[found->second].sign_ins.push_back(&sign_in);
  }
  sort_all();
}

AppFacts& Index::facts_of(std::string_view id) {
  const auto [found, is_new] = by_id_.try_emplace(id, apps_.size());
  if (is_new) apps_.emplace_back().id = id;
  return apps_[found->second];
}

const domain::ServicePrincipal* Index::service_principal(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found != by_id_.end() ? apps_[found->second].app : nullptr;
}

const domain::User* Index::user(std::string_view id) const {
  const auto found = users_.find(id);
  return found != users_.end() ? found->second : nullptr;
}

bool Index::may_hold_mail(const domain::ServicePrincipalId& resource) const {
  const auto* app = service_principal(resource.str());
  return app == nullptr || app->app_id.empty() || domain::is_resource_api(app->app_id);
}

HeldGrant Index::held(const domain::Grant& grant) {
  HeldGrant out;
  out.grant = &grant;
  const bool counts = may_hold_mail(grant.resource);
  for (const std::string& scope : grant.scopes) {
    const auto [found, is_new] = reach_of_scope_.try_emplace(scope);
    if (is_new) found->second = domain::mail_reach_of_scope(scope);
    if (counts) out.reach = out.reach | found->second;
    // It is asked for on any resource and holds for all of them.
    out.offline = out.offline || to_lower(scope) == "offline_access";
  }
  return out;
}

std::optional<domain::MailReach> Index::reach(const domain::AppRoleAssignment& role) const {
  constexpr std::string_view default_access = "00000000-0000-0000-0000-000000000000";
  if (role.role_id == default_access || !may_hold_mail(role.resource)) return domain::MailReach{};
  if (!role.value) return std::nullopt;
  return domain::mail_reach_of_app_role(*role.value);
}

void Index::add_event(const domain::AuditEvent& event) {
  const auto about = subject_of(event);
  if (!about) return;
  auto found = by_id_.find(about->service_principal);
  if (found == by_id_.end() && !about->app_id.empty()) {
    found = by_app_id_.find(about->app_id);
    if (found == by_app_id_.end()) return;
  }
  if (found != by_id_.end()) apps_[found->second].events.push_back(&event);
}

void Index::sort_all() {
  for (AppFacts& facts : apps_) {
    std::sort(facts.grants.begin(), facts.grants.end(),
              [](const HeldGrant& a, const HeldGrant& b) { return a.grant->id < b.grant->id; });
    std::sort(facts.roles.begin(), facts.roles.end(),
              [](const auto* a, const auto* b) { return a->id < b->id; });
    std::sort(facts.events.begin(), facts.events.end(),
              [](const auto* a, const auto* b) { return by_time(a, b); });
    std::sort(facts.sign_ins.begin(), facts.sign_ins.end(),
              [](const auto* a, const auto* b) { return by_time(a, b); });
  }
}

}  // namespace clawback::detect
