#include "cli/plan_output.hpp"

#include "base/digest.hpp"
#include "cli/judged.hpp"

namespace clawback::cli {

Result<void> print_plan(const plan::Plan& plan, const report::Scan* scan, const PlanOutput& output,
                        const Context& context) {
  const std::string text = plan::to_text(plan);
  if (!output.file.empty()) {
    auto written = write_output(output.file, text, context);
    if (!written) return written;
  }
  if (!output.report.empty()) {
    auto written = write_output(output.report, report::plan_html(plan, scan, output.file), context);
    if (!written) return written;
    context.console.note("report: " + output.report);
  }
  if (output.file == "-" || output.report == "-") return {};
  if (context.console.style().json) {
    context.console.print(text + "\n");
    return {};
  }
  report::TextOptions options = context.console.text_options();
  options.file = output.file;
  context.console.print(report::plan_text(plan, options));
  return {};
}

std::string plan_id(const std::string& tenant, const Context& context) {
  if (!context.global.now) return random_guid();
  const Sha256 hash = sha256(tenant + " " + format_time(*context.global.now));
  std::string bytes(hash.begin(), hash.begin() + 16);
  // Version 8: the bits are ours (RFC 9562).
  bytes[7] = static_cast<char>((static_cast<unsigned char>(bytes[7]) & 0x0Fu) | 0x80u);
  bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3Fu) | 0x80u);
  const auto guid = guid_from_bytes(bytes);
  return guid ? *guid : random_guid();
}

}  // namespace clawback::cli
