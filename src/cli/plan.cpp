#include "plan/plan.hpp"

#include "base/digest.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/exports.hpp"
#include "cli/judged.hpp"
#include "cli/plan_output.hpp"
#include "cli/requester.hpp"
#include "cli/saved_evidence.hpp"
#include "cli/second_look.hpp"
#include "evidence/document.hpp"

namespace clawback::cli {

Result<int> execute(const PlanArguments& arguments, const Context& context) {
  const auto fitting =
      check_exports(arguments.exports, ExportOf::plan, {arguments.output, arguments.report});
  if (!fitting) return fitting.error();
  auto judged = judge(arguments.input, context);
  if (!judged) return judged.error();
  const auto looked = look_closer(*judged, arguments.input, context);
  if (!looked) return looked.error();
  const auto asked = requester(arguments.as, judged->config, context);
  if (!asked) return asked.error();
  const std::string document = evidence::document_text(judged->snapshot);
  plan::Options options = options_for(*judged, sha256_text(document), asked->by, context);
  options.requested_from = asked->from;
  const plan::Plan plan = plan::build(judged->snapshot, judged->judgement, judged->policy, options);
  const report::Scan scan = scan_of(*judged);
  // First the evidence: a plan that can be applied never stands without it.
  const bool kept = !arguments.output.empty() || context.console.style().json;
  if (kept && !plan.actions.empty()) {
    const auto saved =
        save_evidence(document, plan.evidence, judged->config, arguments.output, context);
    if (!saved) return saved.error();
  }
  const auto written = print_plan(
      plan, &scan,
      {.file = arguments.output, .report = arguments.report, .exports = arguments.exports},
      context);
  if (!written) return written.error();
  if (!plan.actions.empty()) return exit_code::found;
  return plan.coverage.complete ? exit_code::done : exit_code::incomplete;
}

}  // namespace clawback::cli
