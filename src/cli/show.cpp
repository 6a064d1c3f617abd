#include <filesystem>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/exports.hpp"
#include "cli/judged.hpp"
#include "cli/past_sending.hpp"
#include "cli/plan_file.hpp"
#include "cli/run_report.hpp"
#include "cli/run_view.hpp"

namespace clawback::cli {
namespace {

Result<int> show_difference(const ShowArguments& arguments, const Context& context) {
  if (!arguments.report.empty() || !arguments.exports.empty()) {
    return Error{.code = Errc::invalid,
                 .message = "--report and --export write one plan, not what sets two apart",
                 .hint = "leave out --against, or use --json"};
  }
  if (arguments.what == "-" && arguments.against == "-") {
    return Error{.code = Errc::invalid,
                 .message = "only one of two plans can be standard input",
                 .hint = "save the other one in a file"};
  }
  const auto a = read_plan(arguments.what);
  if (!a) return a.error();
  const auto b = read_plan(arguments.against);
  if (!b) return b.error();
  const plan::Difference difference = plan::compare(*a, *b);
  context.console.result(report::difference_json(difference),
                         report::difference_text(difference, context.console.text_options()));
  return plan::same_actions(difference) ? exit_code::done : exit_code::found;
}

// Why nobody is asked to approve the plan any more; empty: somebody may be.
std::string closed_words(const plan::Plan& plan, const std::string& file,
                         const std::optional<Config>& config, const Context& context) {
  if (config && config->tenant_id == plan.tenant) {
    const auto sendable = check_sendable(plan, approvals_of(file, {}), *config);
    if (!sendable) return sendable.error().message;
  }
  if (context.now() >= plan.expires) return "the plan expired on " + format_time(plan.expires);
  return {};
}

Result<int> show_plan(const ShowArguments& arguments, const Context& context) {
  const auto fitting = check_exports(arguments.exports, ExportOf::plan, {arguments.report});
  if (!fitting) return fitting.error();
  const auto plan = read_plan(arguments.what);
  if (!plan) return plan.error();
  const auto exported = write_exports(arguments.exports, *plan, arguments.what, context);
  if (!exported) return exported.error();
  if (to_standard_output(arguments.exports)) return exit_code::done;
  const auto found = find_config(context);
  const std::optional<Config> config = found ? *found : std::optional<Config>();
  const std::string closed = closed_words(*plan, arguments.what, config, context);
  if (!arguments.report.empty()) {
    const bool ours = config && config->tenant_id == plan->tenant;
    const report::Scan scan = ours ? kept_scan(*plan, *config) : report::Scan{};
    const bool kept = !scan.findings.empty();
    const auto html = report::plan_html(*plan, kept ? &scan : nullptr, arguments.what, closed);
    const auto written = write_output(arguments.report, html, context);
    if (!written) return written.error();
    if (arguments.report == "-") return exit_code::done;
  }
  if (context.console.style().json) {
    context.console.print(report::harmless_json(plan::to_text(*plan)) + "\n");
    return exit_code::done;
  }
  report::TextOptions options = context.console.text_options();
  options.file = arguments.what;
  options.closed = closed;
  context.console.print(report::plan_text(*plan, options));
  if (context.now() >= plan->expires) {
    context.console.note("This plan expired on " + format_time(plan->expires) + ".");
  }
  return exit_code::done;
}

Result<int> show_run(const ShowArguments& arguments, const journal::Run& run, const Config& config,
                     journal::Store& store, const Context& context) {
  const auto fitting = check_exports(arguments.exports, ExportOf::run, {arguments.report});
  if (!fitting) return fitting.error();
  const auto view = whole_view_of(run, store);
  if (!view) return view.error();
  const auto exported = write_exports(arguments.exports, *view, context);
  if (!exported) return exported.error();
  const auto reported = write_run_report(arguments.report, *view, config, context);
  if (!reported) return reported.error();
  if (to_standard_output(arguments.exports) || arguments.report == "-") return exit_code::done;
  const auto shown = print_run(run, store, context);
  if (!shown) return shown.error();
  return exit_code::done;
}

}  // namespace

Result<int> execute(const ShowArguments& arguments, const Context& context) {
  if (!arguments.against.empty()) return show_difference(arguments, context);
  std::error_code ec;
  if (arguments.what == "-" || std::filesystem::exists(arguments.what, ec)) {
    return show_plan(arguments, context);
  }
  const auto config = require_config(context);
  if (!config) {
    Error error = config.error();
    error.message =
        "there is no file \"" + arguments.what + "\", and no configuration to look for a run";
    return error;
  }
  const auto store = open_store(*config);
  if (!store) return store.error();
  const auto run = (*store)->run(arguments.what);
  if (!run) return run.error();
  return show_run(arguments, *run, *config, **store, context);
}

}  // namespace clawback::cli
