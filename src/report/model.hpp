#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "detect/judge.hpp"
#include "journal/audit.hpp"
#include "journal/event.hpp"
#include "plan/compare.hpp"
#include "plan/plan.hpp"

// What is shown of a scan, a plan and a run: one model, several writers. Everything that came from
// outside is escaped by the writer, never before.
namespace clawback::report {

struct Scan {
  std::string tenant;
  std::string tenant_name;
  Time observed;
  std::string catalog;  // digests
  std::string policy;
  domain::Coverage coverage;
  std::vector<std::string> missing;
  std::vector<domain::Finding> findings;
  bool part = false;  // these are some of the tenant's findings only
};

struct RunView {
  std::string id;
  plan::Plan plan;
  journal::RunState state;
  std::vector<journal::Event> events;
  journal::Head head;                                 // of the audit log, when the report was made
  std::vector<journal::UsedApproval> approvals = {};  // used for it, if they were read
};

// Rows of the audit log.
struct LogView {
  std::vector<journal::LogRow> rows;  // oldest first
  journal::Head head;
  bool older = false;  // there are more before them
  bool whole = false;  // with --json: signatures, ID tokens and keys too, not only their digests
};

// clawback.findings/1, INTERFACE.md.
json::value findings_json(const Scan& scan);
// Its two kinds of parts: all but the findings, and one finding. report/parse_findings.hpp reads
// them back.
json::object scan_json(const Scan& scan);
json::object finding_json(const domain::Finding& finding);
// clawback.plan/1 is plan::to_text; this is clawback.run/1: run, plan digest, per action phase and
// detail.
json::value run_json(const RunView& run);
// clawback.log/1.
json::value log_json(const LogView& log);
// clawback.error/1.
json::value error_json(const Error& error);
// The words for error codes, as clawback.error/1 spells them: "invalid", "outcome-unknown".
std::string_view name_of(Errc code);
// The pretty form with every character that a terminal would obey or hide written as \uXXXX: the
// same value for a program, harmless for a person who looks at it.
std::string json_text(const json::value& value);
std::string json_line(const json::value& value);   // the same on one line, with its line feed
std::string harmless_json(std::string_view json);  // the same of text that is JSON already

struct TextOptions {
  std::size_t width = 100;
  bool color = false;
  bool details = false;     // the signals of findings of verdict info too
  std::string file = {};    // the plan's, for the command that approves it
  std::string closed = {};  // why nobody is asked to approve it any more; empty: somebody may be
};
// For a person at a terminal. Hostile text is made printable; lines fit the width.
std::string findings_text(const Scan& scan, const TextOptions& options);
std::string plan_text(const plan::Plan& plan, const TextOptions& options);
std::string run_text(const RunView& run, const TextOptions& options);
std::string log_text(const LogView& log, const TextOptions& options);
// "audit head SEQ:HASH": what to keep elsewhere, so that a rewritten log can be told.
std::string head_text(const journal::Head& head, const TextOptions& options);

// What sets plan `a` apart from plan `b`: clawback.plan-diff/1, and for a person.
json::value difference_json(const plan::Difference& difference);
std::string difference_text(const plan::Difference& difference, const TextOptions& options);

// One self-contained HTML file: no script, no request leaves it. `file`: the plan's, for the
// command that approves it; `closed`: why nobody is asked to approve it any more. `scan` tells
// signals and times of the cases; a plan or a run that comes without one says where they are.
std::string findings_html(const Scan& scan);
std::string plan_html(const plan::Plan& plan, const Scan* scan, std::string_view file = {},
                      std::string_view closed = {});
std::string run_html(const RunView& run, const Scan* scan);

}  // namespace clawback::report
