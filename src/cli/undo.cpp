#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/exports.hpp"
#include "cli/plan_file.hpp"
#include "cli/plan_output.hpp"
#include "cli/requester.hpp"
#include "cli/run_report.hpp"
#include "cli/undo_plan.hpp"

namespace clawback::cli {

Result<int> execute(const UndoArguments& arguments, const Context& context) {
  const auto fitting =
      check_exports(arguments.exports, ExportOf::plan, {arguments.output, arguments.report});
  if (!fitting) return fitting.error();
  const auto config = require_config(context);
  if (!config) return config.error();
  const auto store = open_store(*config);
  if (!store) return store.error();
  const auto run = (*store)->run(arguments.run);
  if (!run) return run.error();
  const auto asked = requester(arguments.as, *config, context);
  if (!asked) return asked.error();
  const auto plan = make_undo({.run = run->id,
                               .policy = arguments.policy,
                               .requester = *asked,
                               .only_user = arguments.only_user,
                               .with_app = arguments.with_app,
                               .now = context.now(),
                               .id = plan_id(run->id, context)},
                              *config, **store);
  if (!plan) return plan.error();
  const report::Scan scan = arguments.report.empty() ? report::Scan{} : kept_scan(*plan, *config);
  const auto printed = print_plan(
      *plan, scan.findings.empty() ? nullptr : &scan,
      {.file = arguments.output, .report = arguments.report, .exports = arguments.exports},
      context);
  if (!printed) return printed.error();
  if (context.console.style().json || arguments.output == "-") {
    for (const std::string& line : plan->remarks) context.console.note(line);
  }
  return plan->actions.empty() ? exit_code::done : exit_code::found;
}

}  // namespace clawback::cli
