#include "plan/split.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "plan/count.hpp"
#include "plan/kinds.hpp"

namespace clawback::plan {
namespace {

using domain::Mode;

bool waits_whole(const Plan& plan) {
  return !plan.breaches.empty() || !plan.inspect_only.empty() || !plan.undo_of.empty();
}

// A part of a plan, numbered anew.
Plan part_of(const Plan& plan, const std::set<std::string>& ids, const policy::Policy& policy,
             std::string id) {
  Plan out = plan;
  out.id = std::move(id);
  out.actions.clear();
  std::map<std::string, std::string> renamed;
  std::set<std::pair<std::string, std::string>> cases;
  for (const Action& action : plan.actions) {
    if (!ids.contains(action.id)) continue;
    Action kept = action;
    kept.id = "a" + std::to_string(out.actions.size() + 1);
    renamed.emplace(action.id, kept.id);
    kept.depends.clear();
    for (const std::string& before : action.depends) {
      const auto found = renamed.find(before);
      if (found != renamed.end()) kept.depends.push_back(found->second);
    }
    cases.emplace(action.because.finding, action.because.rule);
    out.actions.push_back(std::move(kept));
  }
  std::erase_if(out.cases,
                [&](const CaseReasons& one) { return !cases.contains({one.finding, one.rule}); });
  const Counts counts = count(out.actions);
  out.apps = counts.apps;
  out.users = counts.users;
  out.breaches = ids.size() == plan.actions.size() ? plan.breaches : breaches(out.actions, policy);
  seal(out);
  return out;
}

// With what they wait for, and what that waits for: dependencies come first in a plan.
std::set<std::string> with_dependencies(const Plan& plan, std::set<std::string> ids) {
  for (auto action = plan.actions.rbegin(); action != plan.actions.rend(); ++action) {
    if (ids.contains(action->id)) ids.insert(action->depends.begin(), action->depends.end());
  }
  return ids;
}

// What an action does, after what: its own number and reasons are left out.
struct Work {
  domain::ActionKind kind;
  Target target;
  Request request;
  Precondition precondition;
  Postcondition postcondition;
  std::set<std::string> after;
  friend bool operator==(const Work&, const Work&) = default;
};

// In order, without the actions in `without`.
std::vector<Work> work_of(const Plan& plan, const std::set<std::string>& without) {
  std::vector<Work> out;
  std::map<std::string, std::string> names;
  for (const Action& action : plan.actions) names.emplace(action.id, short_name(action));
  for (const Action& action : plan.actions) {
    if (without.contains(action.id)) continue;
    Work one{.kind = action.kind,
             .target = action.target,
             .request = action.request,
             .precondition = action.precondition,
             .postcondition = action.postcondition,
             .after = {}};
    for (const std::string& id : action.depends) {
      if (!without.contains(id)) one.after.insert(names[id]);
    }
    out.push_back(std::move(one));
  }
  return out;
}

// The containment in `a` that other actions of it wait for and `b` does not ask for any more:
// it was done since.
std::set<std::string> done_since(const Plan& a, const Plan& b) {
  std::set<std::string> asked;
  for (const Action& action : b.actions) asked.insert(short_name(action));
  std::set<std::string> awaited;
  for (const Action& action : a.actions)
    awaited.insert(action.depends.begin(), action.depends.end());
  std::set<std::string> out;
  for (const Action& action : a.actions) {
    const KindInfo* kind = find_kind(action.kind);
    const bool contains = kind != nullptr && kind->contains;
    if (contains && awaited.contains(action.id) && !asked.contains(short_name(action)))
      out.insert(action.id);
  }
  return out;
}

}  // namespace

bool is_unattended(const Plan& plan, const Action& action) {
  const auto found =
      std::find_if(plan.cases.begin(), plan.cases.end(), [&](const CaseReasons& one) {
        return one.finding == action.because.finding && one.rule == action.because.rule;
      });
  if (found == plan.cases.end()) return false;
  if (found->mode == Mode::automatic) return true;
  const KindInfo* kind = find_kind(action.kind);
  return found->mode == Mode::contain && kind != nullptr && kind->contains;
}

Split split(const Plan& plan, const policy::Policy& policy, std::string id_now,
            std::string id_waiting) {
  std::set<std::string> now;
  std::set<std::string> later;
  for (const Action& action : plan.actions) {
    const bool held = std::any_of(action.depends.begin(), action.depends.end(),
                                  [&](const std::string& id) { return !now.contains(id); });
    const bool goes = !waits_whole(plan) && !held && is_unattended(plan, action);
    (goes ? now : later).insert(action.id);
  }
  return {.now = part_of(plan, now, policy, std::move(id_now)),
          .waiting = part_of(plan, with_dependencies(plan, later), policy, std::move(id_waiting))};
}

bool same_work(const Plan& a, const Plan& b) {
  if (a.tenant != b.tenant || a.policy != b.policy || a.catalog != b.catalog ||
      a.identity != b.identity || a.quorum != b.quorum || a.undo_of != b.undo_of ||
      a.breaches != b.breaches || a.inspect_only != b.inspect_only ||
      a.requested_by != b.requested_by || a.requested_from != b.requested_from ||
      a.affected != b.affected) {
    return false;
  }
  return work_of(a, done_since(a, b)) == work_of(b, {});
}

}  // namespace clawback::plan
