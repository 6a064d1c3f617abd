#include "cli/plan_output.hpp"

#include "base/digest.hpp"
#include "cli/exports.hpp"
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
  const auto exported = write_exports(output.exports, plan, output.file, context);
  if (!exported) return exported.error();
  if (output.file == "-" || output.report == "-" || to_standard_output(output.exports)) return {};
  if (context.console.style().json) {
    context.console.print(report::harmless_json(text) + "\n");
    return {};
  }
  report::TextOptions options = context.console.text_options();
  options.file = output.file;
  context.console.print(report::plan_text(plan, options));
  return {};
}

plan::Options options_for(const Judged& judged, std::string evidence, std::string requested_by,
                          const Context& context) {
  plan::Options options{.now = context.now(),
                        .id = plan_id(judged.snapshot.tenant.str(), context),
                        .tool = "clawback " CLAWBACK_VERSION,
                        .write_client_id = {},
                        .own_app_ids = {}};
  options.requested_by = std::move(requested_by);
  options.evidence = std::move(evidence);
  if (!judged.config) return options;
  options.own_app_ids = judged.config->own_app_ids();
  options.approvers = judged.config->approver_accounts();
  if (judged.config->write) options.write_client_id = judged.config->write->client_id;
  return options;
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
