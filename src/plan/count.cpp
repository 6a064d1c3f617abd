#include "plan/count.hpp"

#include <set>
#include <string>

namespace clawback::plan {

std::set<std::string> apps_of(const std::vector<Action>& actions) {
  std::set<std::string> apps;
  for (const Action& action : actions) {
    if (!action.target.app_id.empty()) apps.insert(action.target.app_id);
  }
  return apps;
}

std::string owner_of(const Target& target) {
  if (target.kind == "user") return target.id;
  if (target.kind == "messageRule") return target.id.substr(0, target.id.find('/'));
  return {};
}

std::set<std::string> users_of(const std::vector<Action>& actions) {
  std::set<std::string> users;
  for (const Action& action : actions) {
    if (std::string owner = owner_of(action.target); !owner.empty()) {
      users.insert(std::move(owner));
    }
    const bool assigns = action.target.kind == "assignment";
    if (action.target.kind != "oauth2PermissionGrant" && !assigns) continue;
    const json::value& before = action.precondition.before;
    const json::value& grant = before.is_null() ? action.postcondition.after : before;
    if (assigns && string_at(grant, "principalType") != "User") continue;
    if (const auto principal = string_at(grant, "principalId")) users.insert(*principal);
  }
  return users;
}

Counts count(const std::vector<Action>& actions) {
  return {.apps = static_cast<std::int64_t>(apps_of(actions).size()),
          .users = static_cast<std::int64_t>(users_of(actions).size()),
          .actions = static_cast<std::int64_t>(actions.size())};
}

namespace {

void check(std::vector<Breach>& out, std::string name, std::optional<std::int64_t> allowed,
           std::int64_t planned) {
  if (allowed && planned > *allowed) {
    out.push_back({.limit = std::move(name), .allowed = *allowed, .planned = planned});
  }
}

}  // namespace

std::vector<Breach> breaches(const std::vector<Action>& actions, const policy::Policy& policy) {
  std::vector<Breach> out;
  const Counts all = count(actions);
  check(out, "max_apps", policy.max_apps, all.apps);
  check(out, "max_users", policy.max_users, all.users);
  check(out, "max_actions", policy.max_actions, all.actions);
  for (const policy::Rule& rule : policy.rules) {
    std::vector<Action> own;
    for (const Action& action : actions) {
      if (action.because.rule == rule.id) own.push_back(action);
    }
    const Counts counts = count(own);
    check(out, "rule " + rule.id + " max_apps", rule.limits.max_apps, counts.apps);
    check(out, "rule " + rule.id + " max_users", rule.limits.max_users, counts.users);
    check(out, "rule " + rule.id + " max_actions", rule.limits.max_actions, counts.actions);
  }
  return out;
}

}  // namespace clawback::plan
