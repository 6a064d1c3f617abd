#include <fmt/format.h>

#include "report/model.hpp"
#include "report/text_layout.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

Tone tone_of(journal::Phase phase) {
  switch (phase) {
    case journal::Phase::done:
    case journal::Phase::satisfied:
      return Tone::good;
    case journal::Phase::failed:
    case journal::Phase::unverified:
      return Tone::bad;
    case journal::Phase::skipped:
    case journal::Phase::intended:
    case journal::Phase::acknowledged:
    case journal::Phase::waiting:
      return Tone::caution;
  }
  return Tone::plain;
}

journal::ActionState state_of(const RunView& run, const std::string& id) {
  const auto found = run.state.actions.find(id);
  return found != run.state.actions.end() ? found->second : journal::ActionState{};
}

bool is_good(journal::Phase phase) {
  return phase == journal::Phase::done || phase == journal::Phase::satisfied;
}

std::string summary(const RunView& run) {
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

// Whether `resume` can do any more. An application that can't be put into the tenant is answered
// 400 each time.
bool goes_on(const RunView& run) {
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

std::string troubles(const RunView& run, const TextOptions& options) {
  std::string out;
  for (const plan::Action& action : run.plan.actions) {
    const journal::ActionState state = state_of(run, action.id);
    if (is_good(state.phase) || state.detail.empty()) continue;
    std::string line = state.detail;
    if (state.status != 0) line += fmt::format(" (status {}", state.status);
    if (state.status != 0 && !state.request_id.empty()) {
      line += fmt::format(", request-id {}", state.request_id);
    }
    if (state.status != 0) line += ")";
    out += labelled(fmt::format("  {}", action.id), line, 8, options);
  }
  return out.empty() ? out : "\n" + out;
}

}  // namespace

std::string run_text(const RunView& run, const TextOptions& options) {
  std::string out =
      paragraph(fmt::format("Run {} on tenant {}", run.id, run.plan.tenant), options, Tone::strong);
  if (!run.plan.undo_of.empty()) {
    out += labelled("  undoes", fmt::format("run {}", run.plan.undo_of), 10, options);
  }
  out += labelled("  plan", run.plan.digest, 10, options);
  if (!run.events.empty()) {
    out += labelled("  time",
                    fmt::format("{} to {}", format_time(run.events.front().time),
                                format_time(run.events.back().time)),
                    10, options);
  }
  Table table({{.title = "STATE", .flexible = false},
               {.title = "ID", .flexible = false},
               {.title = "ACTION", .flexible = false},
               {.title = "TARGET"},
               {.title = "SENT", .right = true, .flexible = false},
               {.title = "STATUS", .right = true, .flexible = false}});
  for (const plan::Action& action : run.plan.actions) {
    const journal::ActionState state = state_of(run, action.id);
    table.add(
        {std::string(journal::name_of(state.phase)), action.id, std::string(name_of(action.kind)),
         action.target.display_name.empty() ? action.target.id : action.target.display_name,
         fmt::format("{}", state.intents),
         state.status == 0 ? std::string("-") : fmt::format("{}", state.status)},
        tone_of(state.phase));
  }
  if (!run.plan.actions.empty()) out += "\n" + table.text(options);
  out += troubles(run, options);
  out += "\n" + paragraph(summary(run), options);
  if (goes_on(run)) {
    out += paragraph(fmt::format("Go on with: clawback resume {}", run.id), options);
  }
  out += "\n" + head_text(run.head, options);
  return out;
}

}  // namespace clawback::report
