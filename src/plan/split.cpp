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

// A part of a plan, numbered anew. What an action waited for and is not in the part was sent
// before, or is looked at by the precondition.
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
          .waiting = part_of(plan, later, policy, std::move(id_waiting))};
}

bool same_work(const Plan& a, const Plan& b) {
  if (a.tenant != b.tenant || a.policy != b.policy || a.catalog != b.catalog ||
      a.identity != b.identity || a.quorum != b.quorum || a.undo_of != b.undo_of ||
      a.breaches != b.breaches || a.inspect_only != b.inspect_only ||
      a.requested_by != b.requested_by || a.requested_from != b.requested_from ||
      a.affected != b.affected || a.actions.size() != b.actions.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.actions.size(); ++i) {
    const Action& one = a.actions[i];
    const Action& other = b.actions[i];
    const bool same = one.kind == other.kind && one.target == other.target &&
                      one.depends == other.depends && one.request == other.request &&
                      one.precondition == other.precondition &&
                      one.postcondition == other.postcondition;
    if (!same) return false;
  }
  return true;
}

}  // namespace clawback::plan
