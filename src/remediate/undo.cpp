#include "remediate/undo.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "plan/count.hpp"
#include "plan/kinds.hpp"
#include "plan/shape.hpp"
#include "remediate/next_move.hpp"

namespace clawback::remediate {
namespace {

using domain::ActionKind;

std::optional<ActionKind> inverse_of(ActionKind kind) {
  const plan::KindInfo* known = plan::find_kind(kind);
  return known != nullptr ? known->inverse : std::nullopt;
}

// The reason why an action is not in the inverse plan, or nullopt.
std::optional<std::string> not_undone(const plan::Action& action,
                                      const journal::ActionState& state) {
  switch (state.phase) {
    case journal::Phase::satisfied:
      return "it was so before: this run did not do it";
    case journal::Phase::waiting:
    case journal::Phase::skipped:
    case journal::Phase::failed:
      return "this run did not do it";
    case journal::Phase::intended:
    case journal::Phase::acknowledged:
    case journal::Phase::unverified:
      return "it is not known whether it happened; `clawback resume` finds out";
    case journal::Phase::done:
      break;
  }
  if (state.intents == 0) return "it was so before: this run did not do it";
  if (!inverse_of(action.kind)) return "it can't be undone";
  // What is put back is never more than what the approved plan took away.
  if (see(action, state.observed, nullptr) != plan::Seen::as_planned) {
    return "what the journal says was there is not what the plan took away";
  }
  return std::nullopt;
}

plan::Action inverse(const plan::Action& action, const journal::ActionState& state) {
  plan::Action out;
  out.kind = inverse_of(action.kind).value_or(ActionKind::enable_app);
  out.target = action.target;
  out.because = {.finding = action.because.finding, .rule = "undo", .signals = {}};
  // What was there right before the request left, not what the plan had seen earlier.
  out.precondition.before = state.after;
  out.postcondition.after = state.observed;
  const bool made_anew = out.kind == ActionKind::revoke_grant ||
                         out.kind == ActionKind::remove_app_role ||
                         out.kind == ActionKind::remove_assignment;
  const bool blocks =
      action.kind == ActionKind::block_app || action.kind == ActionKind::confirm_block;
  // A new object has the id that it was given then.
  const bool numbered = action.kind == ActionKind::require_managed_client;
  if (made_anew || blocks || numbered) out.target.id = string_at(state.after, "id").value_or("");
  return out;
}

}  // namespace

Undo undo_plan(const journal::Run& run, const plan::Plan& plan, const journal::RunState& state,
               const UndoOptions& options) {
  Undo out;
  for (const plan::Action& action : plan.actions) {
    const journal::ActionState& done = state.actions.at(action.id);
    if (const auto why = not_undone(action, done)) {
      out.left_out.push_back(fmt::format("{} {}: {}", action.id, plan::short_name(action), *why));
      continue;
    }
    plan::Action back = inverse(action, done);
    const auto shaped = plan::shape(back);
    if (!shaped) {
      out.left_out.push_back(
          fmt::format("{} {}: {}", action.id, plan::short_name(action), shaped.error().message));
      continue;
    }
    out.plan.actions.push_back(std::move(back));
  }
  // Permissions come back first and the application last, so that it never works half-restored.
  auto& actions = out.plan.actions;
  std::reverse(actions.begin(), actions.end());
  std::sort(actions.begin(), actions.end(), [](const plan::Action& a, const plan::Action& b) {
    return a.kind != b.kind ? a.kind < b.kind : a.target.id < b.target.id;
  });
  // What block-app made and confirm-block disabled is enabled once.
  const auto same = [](const plan::Action& a, const plan::Action& b) {
    return a.kind == b.kind && a.target.id == b.target.id;
  };
  actions.erase(std::unique(actions.begin(), actions.end(), same), actions.end());
  for (std::size_t i = 0; i < actions.size(); ++i) actions[i].id = "a" + std::to_string(i + 1);

  out.plan.id = options.id;
  out.plan.tenant = plan.tenant;
  out.plan.created = options.now;
  out.plan.expires = options.now + options.valid_for;
  out.plan.tool = options.tool;
  out.plan.policy = options.policy;
  out.plan.catalog = options.catalog;
  out.plan.identity = plan.identity;
  out.plan.undo_of = run.id;
  out.plan.requested_by = options.requested_by;
  out.plan.affected = plan.affected;
  out.plan.evidence = plan.evidence;
  out.plan.names = plan.names;
  for (const std::string& line : out.left_out) out.plan.remarks.push_back("not undone: " + line);
  out.plan.coverage = plan.coverage;
  out.plan.quorum = plan.quorum;
  out.plan.approval_expires = plan.approval_expires;
  const plan::Counts counts = plan::count(actions);
  out.plan.apps = counts.apps;
  out.plan.users = counts.users;
  plan::seal(out.plan);
  return out;
}

}  // namespace clawback::remediate
