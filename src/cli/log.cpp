#include <fmt/format.h>

#include <boost/json/object.hpp>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_file.hpp"
#include "report/text_layout.hpp"

namespace clawback::cli {
namespace {

std::string sound_text(const journal::Verified& seen, const report::TextOptions& options) {
  std::string out = report::paragraph(
      fmt::format("The audit log is sound: {} rows, {} runs.", seen.rows, seen.runs), options,
      report::Tone::good);
  out +=
      seen.anchored
          ? report::paragraph(
                fmt::format("Row {} is the one that the given head names: nothing up to it was "
                            "changed since.",
                            *seen.anchored),
                options)
          : report::paragraph(
                "This shows that the database agrees with itself. Whether it is the one that was "
                "written shows a head that was kept elsewhere: --head.",
                options);
  return out + report::head_text(seen.head, options);
}

}  // namespace

Result<int> execute(const LogArguments& arguments, const Context& context) {
  const auto config = require_config(context);
  if (!config) return config.error();
  const auto store = open_store(*config);
  if (!store) return store.error();
  std::string id;
  if (!arguments.run.empty()) {
    const auto run = (*store)->run(arguments.run);
    if (!run) return run.error();
    id = run->id;
  }
  // One more than asked for tells whether there are more.
  auto rows = (*store)->log(id, arguments.limit + 1);
  if (!rows) return rows.error();
  auto head = (*store)->head();
  if (!head) return head.error();
  report::LogView view{
      .rows = std::move(*rows), .head = std::move(*head), .whole = arguments.whole};
  if (view.rows.size() > arguments.limit) {
    view.older = true;
    view.rows.erase(view.rows.begin());
  }
  context.console.result(report::log_json(view),
                         report::log_text(view, context.console.text_options()));
  return exit_code::done;
}

Result<int> execute(const LogVerifyArguments& arguments, const Context& context) {
  const auto config = require_config(context);
  if (!config) return config.error();
  const auto store = open_store(*config);
  if (!store) return store.error();
  const auto seen =
      (*store)->verify_chain(arguments.head.empty() ? std::nullopt : std::optional(arguments.head));
  if (!seen) return seen.error();
  const json::value value = json::object{
      {"schema", "clawback.log-verify/1"},
      {"sound", true},
      {"rows", seen->rows},
      {"runs", seen->runs},
      {"auditHead", journal::to_text(seen->head)},
      {"anchored", seen->anchored ? json::value(*seen->anchored) : json::value(nullptr)}};
  context.console.result(value, sound_text(*seen, context.console.text_options()));
  return exit_code::done;
}

}  // namespace clawback::cli
