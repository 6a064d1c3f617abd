#include "cli/run_view.hpp"

#include "base/safe_text.hpp"
#include "cli/exit_code.hpp"

namespace clawback::cli {

Result<report::RunView> view_of(const journal::Run& run, journal::Store& store) {
  auto plan = plan::parse(run.plan_text);
  if (!plan) return within("run " + printable(run.id, 60), plan.error());
  auto events = store.events(run.id);
  if (!events) return events.error();
  report::RunView view{
      .id = run.id, .plan = std::move(*plan), .state = {}, .events = std::move(*events)};
  view.state = journal::fold(view.plan, view.events);
  return view;
}

Result<int> print_run(const journal::Run& run, journal::Store& store, const Context& context) {
  const auto view = view_of(run, store);
  if (!view) return view.error();
  context.console.result(report::run_json(*view),
                         report::run_text(*view, context.console.text_options()));
  return journal::all_done(view->state) ? exit_code::done : exit_code::partial;
}

}  // namespace clawback::cli
