#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_file.hpp"
#include "cli/run_view.hpp"
#include "report/text_layout.hpp"

namespace clawback::cli {
namespace {

std::string_view state_of(const journal::RunState& state) {
  if (journal::all_done(state)) return "done";
  if (!state.ended) return "interrupted";
  return "partial";
}

std::size_t done_in(const journal::RunState& state) {
  std::size_t count = 0;
  for (const auto& [id, action] : state.actions) {
    if (action.phase == journal::Phase::done || action.phase == journal::Phase::satisfied) ++count;
  }
  return count;
}

}  // namespace

Result<int> execute(const RunsArguments&, const Context& context) {
  const auto config = require_config(context);
  if (!config) return config.error();
  const auto store = open_store(*config);
  if (!store) return store.error();
  const auto runs = (*store)->runs();
  if (!runs) return runs.error();
  const auto head = (*store)->head();
  if (!head) return head.error();

  json::array list;
  report::Table table({{.title = "RUN", .flexible = false},
                       {.title = "STARTED", .flexible = false},
                       {.title = "STATE", .flexible = false},
                       {.title = "DONE", .right = true, .flexible = false},
                       {.title = "PLAN"},
                       {.title = "UNDOES"}});
  for (const journal::Run& run : *runs) {
    const auto view = view_of(run, **store);
    if (!view) return view.error();
    const std::size_t done = done_in(view->state);
    list.push_back(json::object{
        {"run", run.id},
        {"tenant", run.tenant},
        {"started", format_time(run.started)},
        {"state", state_of(view->state)},
        {"done", static_cast<std::int64_t>(done)},
        {"actions", static_cast<std::int64_t>(view->plan.actions.size())},
        {"plan", run.plan_digest},
        {"undoOf", run.undo_of.empty() ? json::value(nullptr) : json::value(run.undo_of)}});
    table.add({run.id, format_time(run.started), std::string(state_of(view->state)),
               fmt::format("{}/{}", done, view->plan.actions.size()), run.plan_digest,
               run.undo_of});
  }
  const bool empty = list.empty();
  const json::value value = json::object{{"schema", "clawback.runs/1"},
                                         {"auditHead", journal::to_text(*head)},
                                         {"runs", std::move(list)}};
  const report::TextOptions options = context.console.text_options();
  const std::string text = empty ? std::string("Nothing was sent yet.\n")
                                 : table.text(options) + "\n" + report::head_text(*head, options);
  context.console.result(value, text);
  return exit_code::done;
}

}  // namespace clawback::cli
