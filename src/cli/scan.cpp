#include <algorithm>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/exports.hpp"
#include "cli/judged.hpp"

namespace clawback::cli {
namespace {

bool wants_attention(const domain::Finding& finding) {
  return finding.verdict != domain::Verdict::info && !finding.exception;
}

}  // namespace

Result<int> execute(const ScanArguments& arguments, const Context& context) {
  const auto fitting =
      check_exports(arguments.exports, ExportOf::findings, {arguments.output, arguments.report});
  if (!fitting) return fitting.error();
  const auto judged = judge(arguments.input, context);
  if (!judged) return judged.error();
  const report::Scan scan = scan_of(*judged);
  if (!arguments.output.empty()) {
    const auto written =
        write_output(arguments.output, report::json_text(report::findings_json(scan)), context);
    if (!written) return written.error();
  }
  if (!arguments.report.empty()) {
    const auto written = write_output(arguments.report, report::findings_html(scan), context);
    if (!written) return written.error();
    context.console.note("report: " + arguments.report);
  }
  const auto exported = write_exports(arguments.exports, scan, context);
  if (!exported) return exported.error();
  if (arguments.output != "-" && arguments.report != "-" &&
      !to_standard_output(arguments.exports)) {
    if (context.console.style().json) {
      context.console.print(report::findings_json(scan));
    } else {
      context.console.print(report::findings_text(scan, context.console.text_options()));
    }
  }
  const auto& findings = judged->judgement.findings;
  if (std::any_of(findings.begin(), findings.end(), wants_attention)) return exit_code::found;
  return scan.coverage.complete ? exit_code::done : exit_code::incomplete;
}

}  // namespace clawback::cli
