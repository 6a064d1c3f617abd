#include "cli/run_view.hpp"

#include "base/safe_text.hpp"
#include "cli/exit_code.hpp"

namespace clawback::cli {

Result<report::RunView> view_of(const journal::Run& run, journal::Store& store) {
  auto plan = plan::parse(run.plan_text);
  if (!plan) return within("run " + printable(run.id, 60), plan.error());
  auto events = store.events(run.id);
  if (!events) return events.error();
  auto head = store.head();
  if (!head) return head.error();
  report::RunView view{.id = run.id,
                       .plan = std::move(*plan),
                       .state = {},
                       .events = std::move(*events),
                       .head = std::move(*head)};
  view.state = journal::fold(view.plan, view.events);
  return view;
}

Result<report::RunView> whole_view_of(const journal::Run& run, journal::Store& store) {
  auto view = view_of(run, store);
  if (!view) return view;
  auto used = store.approvals_since(Time{});
  if (!used) return used.error();
  for (journal::UsedApproval& one : *used) {
    if (one.run == run.id) view->approvals.push_back(std::move(one));
  }
  return view;
}

Result<int> tell_of_run(const std::string& plan_digest, journal::Store& store, int code,
                        const Context& context,
                        const std::function<Result<void>(const report::RunView&)>& tell) {
  const auto runs = store.runs();
  if (!runs) return runs.error();
  for (const journal::Run& run : *runs) {
    if (run.plan_digest != plan_digest) continue;
    const auto view = whole_view_of(run, store);
    if (!view) return view.error();
    const auto told = tell(*view);
    if (told) return code;
    if (code == exit_code::done) return told.error();
    context.console.failure(told.error());
  }
  return code;
}

namespace {

// Nothing was sent, because the tenant is not what the plan saw.
bool only_drifted(const journal::RunState& state) {
  bool drifted = false;
  for (const auto& [id, action] : state.actions) {
    const bool left =
        action.phase == journal::Phase::skipped || action.phase == journal::Phase::satisfied;
    if (action.intents > 0 || !left) return false;
    drifted = drifted || action.drifted;
  }
  return drifted;
}

// The tenant is as it was, and every request that was sent was answered 403: a permission is
// missing.
bool nothing_was_permitted(const journal::RunState& state) {
  bool forbidden = false;
  for (const auto& [id, action] : state.actions) {
    if (action.phase == journal::Phase::failed && action.status == 403) {
      forbidden = true;
    } else if (action.intents > 0) {
      return false;
    }
  }
  return forbidden;
}

}  // namespace

int code_of(const journal::RunState& state) {
  if (journal::all_done(state)) return exit_code::done;
  if (only_drifted(state)) return exit_code::stale;
  return nothing_was_permitted(state) ? exit_code::denied : exit_code::partial;
}

Result<int> print_run(const journal::Run& run, journal::Store& store, const Context& context) {
  const auto view = whole_view_of(run, store);
  if (!view) return view.error();
  context.console.result(report::run_json(*view),
                         report::run_text(*view, context.console.text_options()));
  return code_of(view->state);
}

}  // namespace clawback::cli
