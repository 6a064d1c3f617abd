#include "remediate/undo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
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

// Of whose access or mailbox an action is.
bool is_of(const plan::Action& action, const std::string& user) {
  return plan::users_of({action}).contains(user);
}

// Leaves what is of one user, and the applications of it if they are asked for.
void narrow(Undo& undo, const UndoOptions& options, const plan::Plan& plan) {
  std::vector<plan::Action> kept;
  std::set<std::string> apps;
  for (const plan::Action& action : undo.plan.actions) {
    if (!is_of(action, options.only_user)) continue;
    apps.insert(action.target.service_principal_id);
    kept.push_back(action);
  }
  std::set<std::string> disabled;
  for (const plan::Action& action : undo.plan.actions) {
    const bool enables = action.kind == ActionKind::enable_app && apps.contains(action.target.id);
    if (!enables) continue;
    if (options.with_app) {
      kept.push_back(action);
    } else {
      disabled.insert(printable(action.target.display_name + " (" + action.target.id + ")", 200));
    }
  }
  const auto name = plan.names.find(options.only_user);
  undo.plan.remarks.push_back(
      fmt::format("only what was taken from {}: for everyone else the run stays as it is",
                  name != plan.names.end() ? name->second : printable(options.only_user, 80)));
  for (const std::string& app : disabled) {
    undo.plan.remarks.push_back(
        fmt::format("{} stays disabled: what is given back to the user works only once it is "
                    "enabled; --with-app enables it, for everyone",
                    app));
  }
  undo.plan.actions = std::move(kept);
}

}  // namespace

std::optional<plan::Action> undone_by(const plan::Action& action,
                                      const journal::ActionState& state) {
  if (!inverse_of(action.kind)) return std::nullopt;
  return inverse(action, state);
}

std::vector<std::string> users_named(const plan::Plan& plan, std::string_view who) {
  std::set<std::string> out;
  if (who.empty()) return {};
  const std::string wanted = to_lower(who);
  const auto take = [&](const std::string& id) {
    if (to_lower(id) == wanted) out.insert(id);
  };
  for (const std::string& id : plan.affected) take(id);
  for (const std::string& id : plan::users_of(plan.actions)) take(id);
  for (const auto& [id, name] : plan.names) {
    if (to_lower(name) == wanted) out.insert(id);
  }
  return {out.begin(), out.end()};
}

bool is_part_of(const plan::Plan& partial, const plan::Plan& whole) {
  auto at = whole.actions.begin();
  for (const plan::Action& action : partial.actions) {
    at = std::find_if(at, whole.actions.end(), [&](const plan::Action& one) {
      plan::Action renumbered = one;
      renumbered.id = action.id;
      return renumbered == action;
    });
    if (at == whole.actions.end()) return false;
    ++at;
  }
  return true;
}

Undo undo_plan(const journal::Run& run, const plan::Plan& plan, const journal::RunState& state,
               const UndoOptions& options) {
  Undo out;
  for (const plan::Action& action : plan.actions) {
    const journal::ActionState& done = state.actions.at(action.id);
    if (const auto why = not_undone(action, done)) {
      const bool asked = options.only_user.empty() || is_of(action, options.only_user);
      const std::string name = printable(plan::short_name(action), 120);
      if (asked) out.left_out.push_back(fmt::format("{} {}: {}", action.id, name, *why));
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
  if (!options.only_user.empty()) narrow(out, options, plan);
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
  out.plan.requested_from = options.requested_from;
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
