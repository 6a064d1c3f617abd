#include "cli/kept_pass.hpp"

#include <boost/json/object.hpp>

#include "report/case_row.hpp"
#include "report/search_text.hpp"

namespace clawback::cli {

journal::KeptPass kept_pass(const report::Scan& scan) {
  journal::KeptPass out{
      .observed = scan.observed, .header = canonical_json(report::scan_json(scan)), .findings = {}};
  out.findings.reserve(scan.findings.size());
  for (const domain::Finding& finding : scan.findings) {
    out.findings.push_back({.key = finding.key,
                            .verdict = finding.verdict,
                            .score = finding.score,
                            .rule = finding.rule.value_or(""),
                            .state = std::string(domain::name_of(finding.state)),
                            .search = report::search_text(finding),
                            .line = report::row_text(report::case_row(finding, scan.coverage)),
                            .record = canonical_json(report::finding_json(finding))});
  }
  return out;
}

}  // namespace clawback::cli
