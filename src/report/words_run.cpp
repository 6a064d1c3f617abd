#include <fmt/format.h>

#include "report/words.hpp"

// What is said about a run.
namespace clawback::report {

journal::ActionState state_of(const RunView& run, const std::string& id) {
  const auto found = run.state.actions.find(id);
  return found != run.state.actions.end() ? found->second : journal::ActionState{};
}

std::string approved_by_words(const RunView& run) {
  std::string out;
  for (const journal::UsedApproval& one : run.approvals) {
    out += fmt::format("{}{} on {}{}", out.empty() ? "" : "; ", one.approver, format_time(one.time),
                       one.break_glass ? ", alone: break-glass" : "");
  }
  return out.empty() ? "no person's approval is journalled for it" : out;
}

bool is_good(journal::Phase phase) {
  return phase == journal::Phase::done || phase == journal::Phase::satisfied;
}

std::string summary_words(const RunView& run) {
  std::size_t verified = 0;
  std::size_t satisfied = 0;
  for (const plan::Action& action : run.plan.actions) {
    const journal::Phase phase = state_of(run, action.id).phase;
    if (phase == journal::Phase::done) ++verified;
    if (phase == journal::Phase::satisfied) ++satisfied;
  }
  const std::size_t all = run.plan.actions.size();
  // It was so before: not this run's work, and not for its undo.
  const std::string unsent =
      satisfied == 0 ? "" : fmt::format("; nothing had to be sent for {}", satisfied);
  if (verified + satisfied == all) {
    return fmt::format("All done: {} verified{}.", count_of(verified, "action"), unsent);
  }
  return fmt::format("{} of {} verified{}; {} not done.", verified, count_of(all, "action"), unsent,
                     all - verified - satisfied);
}

bool can_go_on(const RunView& run) {
  journal::RunState left = run.state;
  for (const plan::Action& action : run.plan.actions) {
    const journal::ActionState state = state_of(run, action.id);
    if (action.kind == domain::ActionKind::block_app && state.phase == journal::Phase::failed &&
        state.status == 400) {
      left.actions.erase(action.id);
    }
  }
  return !journal::settled(left);
}

std::string trouble_words(const journal::ActionState& state) {
  std::string out = state.detail;
  if (state.status == 0) return out;
  out += fmt::format(" (status {}", state.status);
  if (!state.request_id.empty()) out += fmt::format(", request-id {}", state.request_id);
  return out + ")";
}

std::string outcome_words(journal::Phase phase) {
  switch (phase) {
    case journal::Phase::done:
      return "done and read back";
    case journal::Phase::satisfied:
      return "was so already, nothing sent";
    case journal::Phase::failed:
      return "failed";
    case journal::Phase::unverified:
      return "sent, its effect was not seen";
    case journal::Phase::acknowledged:
      return "sent, its effect not read back yet";
    case journal::Phase::intended:
      return "may have been sent";
    case journal::Phase::skipped:
      return "nothing sent";
    case journal::Phase::waiting:
      break;
  }
  return "not begun";
}

}  // namespace clawback::report
