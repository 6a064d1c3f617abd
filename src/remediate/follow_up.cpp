#include "remediate/follow_up.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/safe_text.hpp"
#include "plan/count.hpp"
#include "plan/kinds.hpp"
#include "plan/projection.hpp"
#include "remediate/progress.hpp"
#include "remediate/undo.hpp"

namespace clawback::remediate {

using journal::Phase;

const std::vector<Look>& looks() {
  static const std::vector<Look> table = {{"1h", std::chrono::hours(1)},
                                          {"24h", std::chrono::hours(24)},
                                          {"7d", std::chrono::days(7)},
                                          {"30d", std::chrono::days(30)}};
  return table;
}

std::optional<std::string_view> due_look(Time rest, const std::set<std::string>& done, Time now) {
  std::optional<std::string_view> due;
  for (const Look& look : looks()) {
    if (now >= rest + look.after) due = look.name;
    if (done.contains(std::string(look.name))) due.reset();
  }
  return due;
}

std::optional<Time> at_rest_since(const std::vector<journal::Event>& events) {
  if (events.empty()) return std::nullopt;
  return events.back().time;
}

namespace {

bool stands(Phase phase) {
  return phase == Phase::done || phase == Phase::satisfied || phase == Phase::acknowledged;
}

// What an undo's action may go by: "restore-grant g-ada", and an application by itself, because who
// found it blocked already does not know the object that another run made.
std::vector<std::string> names_of(const plan::Action& action) {
  std::vector<std::string> out{plan::short_name(action)};
  const bool enables = action.kind == domain::ActionKind::enable_app;
  if (enables && !action.target.app_id.empty()) out.push_back("enable " + action.target.app_id);
  return out;
}

// What the undos gave back, or may have, and when last.
std::map<std::string, Time> given_back(const std::vector<Undone>& undone) {
  std::map<std::string, Time> out;
  for (const Undone& undo : undone) {
    for (const plan::Action& action : undo.plan.actions) {
      const auto state = undo.state.actions.find(action.id);
      if (state == undo.state.actions.end()) continue;
      const Phase phase = state->second.phase;
      if (!stands(phase) && !may_be_ours(phase)) continue;
      for (const std::string& name : names_of(action)) {
        Time& last = out.emplace(name, state->second.at).first->second;
        last = std::max(last, state->second.at);
      }
    }
  }
  return out;
}

using Scopes = std::vector<std::string>;

Scopes scopes_of(const json::value& grant) { return plan::scopes_of(grant).value_or(Scopes()); }

std::string joined(const Scopes& scopes) {
  return printable(fmt::format("{}", fmt::join(scopes, " ")), 300);
}

Change change(ChangeKind kind, const plan::Action& action, std::string detail) {
  return {.kind = kind,
          .action = printable(plan::short_name(action), 160),
          .app_id = action.target.app_id,
          .display_name = printable(action.target.display_name, 160),
          .user = plan::owner_of(action.target),
          .detail = std::move(detail)};
}

std::optional<Change> grant_change(const plan::Action& action, const json::value& now) {
  if (now.is_null()) return std::nullopt;  // less than was left is no return
  const Scopes has = scopes_of(now);
  const Scopes left = scopes_of(action.postcondition.after);
  if (action.postcondition.after.is_null()) {
    const Scopes had = scopes_of(action.precondition.before);
    const bool wider = !std::includes(had.begin(), had.end(), has.begin(), has.end());
    return change(ChangeKind::re_consent, action,
                  fmt::format("the grant exists again{}: {}",
                              wider ? ", with more than before" : "", joined(has)));
  }
  if (std::includes(left.begin(), left.end(), has.begin(), has.end())) return std::nullopt;
  return change(ChangeKind::re_consent, action,
                fmt::format("the grant holds more again: {}", joined(has)));
}

// What is given again has a new id, and stands in its list under what it joins.
plan::Action by_what_it_joins(plan::Action action) {
  const plan::KindInfo* kind = plan::find_kind(action.kind);
  const bool numbered = kind != nullptr && (kind->object == plan::Object::app_role_in_list ||
                                            kind->object == plan::Object::assignment_in_list);
  json::object* before = action.precondition.before.if_object();
  if (numbered && before != nullptr) before->erase("id");
  return action;
}

}  // namespace

std::vector<plan::Action> to_look_at(const plan::Plan& plan, const journal::RunState& state,
                                     const std::vector<Undone>& undone) {
  const std::map<std::string, Time> back = given_back(undone);
  // What was given back before it was taken away was taken away.
  const auto since = [&](const plan::Action& inverse, Time taken) {
    return std::ranges::any_of(names_of(inverse), [&](const std::string& name) {
      const auto found = back.find(name);
      return found != back.end() && found->second >= taken;
    });
  };
  std::vector<plan::Action> out;
  for (const plan::Action& action : plan.actions) {
    const auto done = state.actions.find(action.id);
    if (done == state.actions.end() || !stands(done->second.phase)) continue;
    // Sessions begin again with every sign-in.
    if (action.kind == domain::ActionKind::revoke_sessions) continue;
    const auto inverse = undone_by(action, done->second);
    if (inverse && since(*inverse, done->second.at)) continue;
    out.push_back(by_what_it_joins(action));
  }
  return out;
}

std::string_view name_of(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::re_consent:
      return "re-consent";
    case ChangeKind::re_enabled:
      return "re-enabled";
    case ChangeKind::gone:
      return "gone";
    case ChangeKind::policy_changed:
      return "policy-changed";
  }
  return "re-consent";
}

std::optional<Change> change_of(const plan::Action& action, const json::value& now) {
  if (plan::holds(action.postcondition.after, now)) return std::nullopt;
  const std::string& kind = action.target.kind;
  if (kind == "oauth2PermissionGrant") return grant_change(action, now);
  if (kind == "appRoleAssignment" || kind == "assignment") {
    if (now.is_null()) return std::nullopt;
    return change(ChangeKind::re_consent, action, "it is assigned again");
  }
  const bool app = kind == "servicePrincipal" || kind == "application";
  if (now.is_null() && kind == "conditionalAccessPolicy") {
    return change(ChangeKind::policy_changed, action, "it was deleted or renamed");
  }
  if (now.is_null()) {
    // A user or a rule that is gone does nothing; without its service principal an application is
    // not kept out any more.
    if (!app) return std::nullopt;
    return change(ChangeKind::gone, action,
                  "its service principal was deleted: nothing keeps it from being consented to");
  }
  if (app) return change(ChangeKind::re_enabled, action, "the application is enabled again");
  if (kind == "user") return change(ChangeKind::re_enabled, action, "the account is enabled again");
  if (kind == "messageRule") {
    return change(ChangeKind::re_enabled, action, "the inbox rule is enabled again");
  }
  return change(ChangeKind::policy_changed, action, "it is not what the run left");
}

}  // namespace clawback::remediate
