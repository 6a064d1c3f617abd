#pragma once

#include <string>

#include "report/model.hpp"

// Findings, plans and runs in the formats of other tools. Pure: the same model gives the same
// bytes. No text from outside can act in the place that it goes to: it is bounded, and controls and
// hidden characters are shown as <U+XXXX> in every one of them. For exact values there is --json.
namespace clawback::report {

// RFC 4180: a header row, CRLF, every text quoted; a cell that a spreadsheet would calculate begins
// with an apostrophe. docs/reference/reports.md has the columns; new ones are only ever added at
// the end.
std::string findings_csv(const Scan& scan);
std::string actions_csv(const plan::Plan& plan);
std::string actions_csv(const RunView& run);

// SARIF 2.1.0 (OASIS Standard, 27 March 2020): one run, one result for each finding.
std::string findings_sarif(const Scan& scan);

// OCSF 1.5.0, one event a line: Detection Finding (2004) for each finding, Remediation Activity
// (7001) for each action, in their order.
std::string findings_ocsf(const Scan& scan);
std::string actions_ocsf(const plan::Plan& plan);
std::string actions_ocsf(const RunView& run);

// STIX 2.1 (OASIS Standard, 10 June 2021): a bundle of what can be looked for elsewhere, of the
// cases of verdict alert that no exception covers. It names no user.
std::string findings_stix(const Scan& scan);

// CommonMark for a ticket. `file` as for plan_html.
std::string findings_markdown(const Scan& scan);
std::string plan_markdown(const plan::Plan& plan, std::string_view file = {});
std::string run_markdown(const RunView& run);

}  // namespace clawback::report
