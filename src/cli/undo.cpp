#include "remediate/undo.hpp"

#include "base/digest.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_file.hpp"
#include "cli/plan_output.hpp"
#include "cli/policy_files.hpp"
#include "cli/run_view.hpp"

namespace clawback::cli {

Result<int> execute(const UndoArguments& arguments, const Context& context) {
  const auto config = require_config(context);
  if (!config) return config.error();
  const auto store = open_store(*config);
  if (!store) return store.error();
  const auto run = (*store)->run(arguments.run);
  if (!run) return run.error();
  const auto view = view_of(*run, **store);
  if (!view) return view.error();
  const auto policy = load_policy(arguments.policy, &*config);
  if (!policy) return policy.error();
  const remediate::Undo undo = remediate::undo_plan(*run, view->plan, view->state,
                                                    {.now = context.now(),
                                                     .id = plan_id(run->id, context),
                                                     .tool = "clawback " CLAWBACK_VERSION,
                                                     .policy = policy->digest,
                                                     .catalog = policy->catalog.digest});
  const auto printed = print_plan(undo.plan, nullptr,
                                  {.file = arguments.output, .report = arguments.report}, context);
  if (!printed) return printed.error();
  for (const std::string& line : undo.left_out) context.console.note("not undone: " + line);
  return undo.plan.actions.empty() ? exit_code::done : exit_code::found;
}

}  // namespace clawback::cli
