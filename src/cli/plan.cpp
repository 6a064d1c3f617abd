#include "plan/plan.hpp"

#include "base/digest.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/judged.hpp"
#include "cli/plan_output.hpp"
#include "cli/second_look.hpp"

namespace clawback::cli {

Result<int> execute(const PlanArguments& arguments, const Context& context) {
  auto judged = judge(arguments.input, context);
  if (!judged) return judged.error();
  const auto looked = look_closer(*judged, arguments.input, context);
  if (!looked) return looked.error();
  plan::Options options{.now = context.now(),
                        .id = plan_id(judged->snapshot.tenant.str(), context),
                        .tool = "clawback " CLAWBACK_VERSION,
                        .write_client_id = {},
                        .own_app_ids = {}};
  if (judged->config) {
    options.own_app_ids = judged->config->own_app_ids();
    options.approvers = judged->config->approver_accounts();
    if (judged->config->write) options.write_client_id = judged->config->write->client_id;
  }
  const plan::Plan plan = plan::build(judged->snapshot, judged->judgement, judged->policy, options);
  const report::Scan scan = scan_of(*judged);
  const auto written =
      print_plan(plan, &scan, {.file = arguments.output, .report = arguments.report}, context);
  if (!written) return written.error();
  if (!plan.actions.empty()) return exit_code::found;
  return plan.coverage.complete ? exit_code::done : exit_code::incomplete;
}

}  // namespace clawback::cli
