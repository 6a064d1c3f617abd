#include <filesystem>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/exports.hpp"
#include "cli/judged.hpp"
#include "cli/past_sending.hpp"
#include "cli/plan_file.hpp"
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
    return Error{.code = Errc::invalid, .message = "only one of two plans can be standard input"};
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

Result<int> show_plan(const ShowArguments& arguments, const Context& context) {
  const auto fitting = check_exports(arguments.exports, ExportOf::plan);
  if (!fitting) return fitting.error();
  const auto plan = read_plan(arguments.what);
  if (!plan) return plan.error();
  const auto exported = write_exports(arguments.exports, *plan, arguments.what, context);
  if (!exported) return exported.error();
  if (to_standard_output(arguments.exports)) return exit_code::done;
  if (!arguments.report.empty()) {
    const auto html = report::plan_html(*plan, nullptr, arguments.what);
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
  const auto config = find_config(context);
  Result<void> sendable;
  if (config && *config && (*config)->tenant_id == plan->tenant) {
    sendable = check_sendable(*plan, approvals_of(arguments.what, {}), **config);
  }
  if (!sendable) options.closed = sendable.error().message;
  context.console.print(report::plan_text(*plan, options));
  if (context.now() >= plan->expires) {
    context.console.note("This plan expired on " + format_time(plan->expires) + ".");
  }
  return exit_code::done;
}

Result<int> show_run(const journal::Run& run, const std::vector<Export>& exports,
                     journal::Store& store, const Context& context) {
  const auto fitting = check_exports(exports, ExportOf::run);
  if (!fitting) return fitting.error();
  const auto view = view_of(run, store);
  if (!view) return view.error();
  const auto exported = write_exports(exports, *view, context);
  if (!exported) return exported.error();
  if (to_standard_output(exports)) return exit_code::done;
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
  if (!arguments.report.empty()) {
    return Error{.code = Errc::invalid,
                 .message = "--report writes a plan as HTML, and this is a run",
                 .hint = "`clawback show RUN --json` has all of it"};
  }
  return show_run(*run, arguments.exports, **store, context);
}

}  // namespace clawback::cli
