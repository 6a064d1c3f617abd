#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <set>

#include "base/listed.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

using domain::ActionKind;

std::size_t of_kinds(const plan::Plan& plan, std::initializer_list<ActionKind> kinds) {
  return static_cast<std::size_t>(
      std::count_if(plan.actions.begin(), plan.actions.end(), [&](const plan::Action& action) {
        return std::find(kinds.begin(), kinds.end(), action.kind) != kinds.end();
      }));
}

// The users that the findings are about, without those that actions of `kind` are for.
std::vector<std::string> without(const plan::Plan& plan, ActionKind kind) {
  std::set<std::string> left(plan.affected.begin(), plan.affected.end());
  for (const plan::Action& action : plan.actions) {
    if (action.kind == kind) left.erase(action.target.id);
  }
  std::vector<std::string> out;
  for (const std::string& id : left) out.push_back(user_words(plan, id));
  return out;
}

// Applications that something is taken from and that are not shut.
std::size_t open_apps(const plan::Plan& plan) {
  std::set<std::string> apps;
  std::set<std::string> shut;
  for (const plan::Action& action : plan.actions) {
    const bool shuts =
        action.kind == ActionKind::disable_app || action.kind == ActionKind::block_app;
    (shuts ? shut : apps).insert(action.target.app_id);
  }
  apps.erase("");
  std::erase_if(apps, [&](const std::string& app) { return shut.contains(app); });
  return apps.size();
}

std::string applications(const plan::Plan& plan) {
  const std::size_t shut = of_kinds(plan, {ActionKind::disable_app, ActionKind::block_app});
  const std::size_t open = open_apps(plan);
  std::string out =
      fmt::format("The applications: {} shut by this plan", count_of(shut, "application"));
  if (open > 0) {
    out += fmt::format("; {} not, unless disabled already: who may consent can let it in again",
                       count_of(open, "application"));
  }
  return out + ".";
}

std::string permissions(const plan::Plan& plan) {
  const std::size_t taken =
      of_kinds(plan, {ActionKind::revoke_grant, ActionKind::narrow_grant,
                      ActionKind::remove_app_role, ActionKind::remove_assignment});
  return fmt::format(
      "Permissions: {} taken or narrowed.{}", taken,
      taken == 0 ? " They work again as soon as somebody enables the application." : "");
}

std::string sessions(const plan::Plan& plan) {
  const std::vector<std::string> kept = without(plan, ActionKind::revoke_sessions);
  std::string out = fmt::format("Sessions: ended for {}",
                                count_of(of_kinds(plan, {ActionKind::revoke_sessions}), "user"));
  if (kept.empty()) return out + ".";
  out += fmt::format("; not for {} of those affected", kept.size());
  // If it is all of them, they are listed already.
  if (kept.size() < plan.affected.size()) out += ": " + listed(kept, affected_shown);
  return out + ".";
}

std::string accounts(const plan::Plan& plan) {
  const std::size_t users = plan.affected.size();
  const std::size_t disabled = of_kinds(plan, {ActionKind::disable_user});
  std::string out = "Passwords and sign-in methods: clawback changes none";
  if (users > 0) {
    out += fmt::format(
        ". Reset the password of {} and look for sign-in methods that are not theirs: who has them "
        "signs in again",
        count_of(users, "affected user"));
  }
  if (disabled > 0) {
    out += fmt::format(". {} disabled meanwhile", count_of(disabled, "account is", "accounts are"));
  }
  return out + ".";
}

std::string mailboxes(const plan::Plan& plan) {
  const std::size_t off = of_kinds(plan, {ActionKind::disable_inbox_rule});
  if (off == 0)
    return "Inbox rules, forwarding and delegates: left as they are; look through them.";
  return fmt::format("Inbox rules: {} switched off. Forwarding and delegates: left as they are.",
                     count_of(off, "is", "are"));
}

std::string consent(const plan::Plan& plan) {
  const std::size_t closed =
      of_kinds(plan, {ActionKind::restrict_consent, ActionKind::require_admin_consent});
  return closed > 0 ? "Other applications: this plan changes who may consent to them."
                    : "Other applications: who may consent to them stays as it is.";
}

}  // namespace

std::vector<std::string> ways_back(const plan::Plan& plan) {
  if (plan.actions.empty() || !plan.undo_of.empty()) return {};
  return {applications(plan), permissions(plan), sessions(plan),
          accounts(plan),     mailboxes(plan),   consent(plan)};
}

}  // namespace clawback::report
