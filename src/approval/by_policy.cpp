#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "approval/approval.hpp"
#include "approval/count.hpp"
#include "base/safe_text.hpp"
#include "plan/kinds.hpp"

namespace clawback::approval {
namespace {

using domain::Mode;

// The rule's mode, and what the evidence of the case supports, whichever is lower.
Mode mode_of(const plan::Plan& plan, const plan::Action& action, const policy::Rule& rule) {
  Mode mode = rule.mode;
  for (const plan::CaseReasons& one : plan.cases) {
    const bool its = one.finding == action.because.finding && one.rule == action.because.rule;
    if (its) mode = std::min(mode, one.mode);
  }
  return mode;
}

bool contains(domain::ActionKind kind) {
  const plan::KindInfo* info = plan::find_kind(kind);
  return info != nullptr && info->contains;
}

// Why no policy says yes to this action; nullopt: one does.
std::optional<std::string> why_not(const plan::Plan& plan, const plan::Action& action,
                                   const policy::Policy& policy, Mode ceiling) {
  if (domain::is_inverse(action.kind)) return "an inverse needs a person";
  const auto rule =
      std::find_if(policy.rules.begin(), policy.rules.end(),
                   [&](const policy::Rule& one) { return one.id == action.because.rule; });
  if (rule == policy.rules.end()) {
    return fmt::format("the policy has no rule \"{}\"", printable(action.because.rule, 60));
  }
  const Mode mode = std::min(mode_of(plan, action, *rule), ceiling);
  if (mode == Mode::automatic || (mode == Mode::contain && contains(action.kind))) {
    return std::nullopt;
  }
  return fmt::format("rule {} is of mode {} here", rule->id, domain::name_of(mode));
}

std::string rules_of(const plan::Plan& plan) {
  std::set<std::string> rules;
  for (const plan::Action& action : plan.actions) rules.insert(action.because.rule);
  std::string out;
  for (const std::string& rule : rules) out += (out.empty() ? "" : ", ") + rule;
  return out;
}

}  // namespace

Result<ApprovedPlan> approve_by_policy(plan::Plan plan, const policy::Policy& policy,
                                       domain::Mode ceiling, Time now) {
  if (const auto good = check_approvable(plan); !good) return good.error();
  if (!plan.undo_of.empty()) {
    return Error{.code = Errc::guard,
                 .message = "no policy approves an undo",
                 .hint = "people approve it with `clawback approve`"};
  }
  if (plan.policy != policy.digest) {
    return Error{.code = Errc::stale, .message = "the plan was made with another policy"};
  }
  if (now >= plan.expires) {
    return Error{.code = Errc::stale,
                 .message = "the plan expired on " + format_time(plan.expires)};
  }
  if (plan.actions.empty()) {
    return Error{.code = Errc::approval, .message = "the plan is empty: nothing is approved"};
  }
  for (const plan::Action& action : plan.actions) {
    const auto why = why_not(plan, action, policy, ceiling);
    if (!why) continue;
    return Error{.code = Errc::approval,
                 .message = fmt::format("{} {} waits for people: {}", action.id,
                                        printable(plan::short_name(action), 80), *why),
                 .hint = "an approver signs with `clawback approve`"};
  }
  Statement statement{.plan_digest = plan.digest,
                      .tenant = plan.tenant,
                      .approver = "policy",
                      .reason = "policy " + policy.id + ", rules " + rules_of(plan),
                      .issued = now,
                      .expires = plan.expires};
  const Time end = plan.expires;
  return ApprovedPlan(std::move(plan), {std::move(statement)}, end, false);
}

}  // namespace clawback::approval
