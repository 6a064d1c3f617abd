#include <fmt/format.h>

#include <set>

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

std::string troubles(const RunView& run, const TextOptions& options) {
  std::string out;
  for (const plan::Action& action : run.plan.actions) {
    const journal::ActionState state = state_of(run, action.id);
    if (is_good(state.phase) || state.detail.empty()) continue;
    out += labelled(fmt::format("  {}", action.id), trouble_words(state), 8, options);
  }
  return out.empty() ? out : "\n" + out;
}

// What misleads in the names of what was acted on, each once.
std::string misleading_names(const RunView& run, const TextOptions& options) {
  std::string out;
  std::set<std::string> told;
  for (const plan::Action& action : run.plan.actions) {
    const std::string note = code_points_note(action.target.display_name);
    if (note.empty() || !told.insert(action.target.display_name).second) continue;
    out += labelled(fmt::format("  {}", action.id), "in the name: " + note, 8, options);
  }
  return out.empty() ? out : "\n" + out;
}

}  // namespace

std::string run_text(const RunView& run, const TextOptions& options) {
  std::string out =
      paragraph(fmt::format("Run {} on tenant {}", run.id, run.plan.tenant), options, Tone::strong);
  if (!run.plan.undo_of.empty()) {
    out += labelled("  undoes", fmt::format("run {}", run.plan.undo_of), 11, options);
  }
  out += labelled("  plan", run.plan.digest, 11, options);
  out += labelled("  approved", approved_by_words(run), 11, options);
  if (!run.events.empty()) {
    out += labelled("  time",
                    fmt::format("{} to {}", format_time(run.events.front().time),
                                format_time(run.events.back().time)),
                    11, options);
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
  out += misleading_names(run, options);
  out += troubles(run, options);
  out += "\n" + paragraph(summary_words(run), options);
  if (can_go_on(run)) {
    out += paragraph(fmt::format("Go on with: clawback resume {}", run.id), options);
  }
  out += "\n" + head_text(run.head, options);
  return out;
}

}  // namespace clawback::report
