#include "cli/run_report.hpp"

#include <set>

#include "cli/judged.hpp"
#include "cli/run_view.hpp"
#include "journal/finding_store.hpp"
#include "report/parse_findings.hpp"

namespace clawback::cli {

report::Scan kept_scan(const plan::Plan& plan, const Config& config) {
  report::Scan out;
  out.part = true;
  if (!config.database) return out;
  std::error_code ec;
  if (!std::filesystem::exists(*config.database, ec)) return out;
  auto store = journal::FindingStore::open(*config.database);
  if (!store) return out;
  const domain::TenantId tenant(plan.tenant);
  if (const auto header = store->header(tenant)) {
    if (auto scan = report::parse_scan(*header)) {
      out = std::move(*scan);
      out.part = true;
    }
  }
  std::set<std::string> keys;
  for (const plan::Action& action : plan.actions) keys.insert(action.because.finding);
  for (const std::string& key : keys) {
    const auto kept = store->one(tenant, key);
    if (!kept) continue;
    if (auto finding = report::parse_finding(kept->record)) {
      out.findings.push_back(std::move(*finding));
    }
  }
  return out;
}

Result<void> write_run_report(const std::string& file, const report::RunView& run,
                              const Config& config, const Context& context) {
  if (file.empty()) return {};
  const report::Scan scan = kept_scan(run.plan, config);
  auto written = write_output(file, report::run_html(run, &scan), context);
  if (!written) return within("--report", written.error());
  if (file != "-") context.console.note("report: " + file);
  return {};
}

Result<void> check_run_report(const std::string& file) {
  if (file != "-") return {};
  return Error{.code = Errc::invalid,
               .message = "--report: what becomes of the run is on standard output already",
               .hint = "name a file, or `clawback show RUN --report -` afterwards"};
}

Result<int> report_run(const std::string& file, const std::string& plan_digest, int code,
                       const Config& config, journal::Store& store, const Context& context) {
  if (file.empty()) return code;
  return tell_of_run(plan_digest, store, code, context, [&](const report::RunView& run) {
    return write_run_report(file, run, config, context);
  });
}

}  // namespace clawback::cli
