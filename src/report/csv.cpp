#include <fmt/format.h>

#include <concepts>

#include "base/safe_text.hpp"
#include "report/export_parts.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

// Longer cells are cut, so that a spreadsheet can hold them (Excel: 32,767 characters).
constexpr std::size_t cell_max = 8000;

// One record. Numbers stand bare, everything else goes through csv_field.
class Record {
 public:
  void text(std::string_view value) {
    next();
    line_ += csv_field(printable(value, cell_max));
  }
  void number(std::integral auto value) {
    next();
    line_ += fmt::format("{}", value);
  }
  void number_if(bool there, std::integral auto value) {
    if (there) {
      number(value);
    } else {
      next();
    }
  }
  [[nodiscard]] std::string line() const { return line_ + "\r\n"; }

 private:
  void next() {
    if (!first_) line_ += ',';
    first_ = false;
  }
  std::string line_;
  bool first_ = true;
};

std::string header(std::initializer_list<std::string_view> columns) {
  Record out;
  for (const std::string_view column : columns) out.text(column);
  return out.line();
}

std::string time_or_nothing(const std::optional<Time>& time) {
  return time ? format_time(*time) : std::string();
}

std::string publisher_name(const domain::Finding& finding) {
  const auto& publisher = finding.app.verified_publisher;
  return publisher && publisher->display_name ? *publisher->display_name : std::string();
}

std::string line_of(const Scan& scan, const domain::Finding& finding) {
  Record out;
  const Affected reach = affected(finding, scan.coverage);
  out.text(scan.tenant);
  out.text(scan.tenant_name);
  out.text(format_time(scan.observed));
  out.text(finding.key);
  out.text(name_of(finding.verdict));
  out.number(finding.score);
  out.text(name_of(finding.state));
  out.text(time_or_nothing(finding.case_since));
  out.text(name_shown(finding.app.display_name));
  out.text(code_points_note(finding.app.display_name));
  out.text(finding.app.app_id.str());
  out.text(finding.app.id.str());
  out.text(owner_words(finding));
  out.text(finding.app.owner_tenant ? finding.app.owner_tenant->str() : "");
  out.text(publisher_words(finding));
  out.text(code_points_note(publisher_name(finding)));
  out.text(enabled_words(finding));
  out.text(finding.app.reply_urls ? names_joined(*finding.app.reply_urls) : "");
  out.text(reach.everyone ? "yes" : reach.whole ? "no" : "");
  out.number_if(reach.known(), reach.users);
  out.text(names_joined(user_names(finding)));
  out.text(names_joined(scope_names(finding)));
  out.text(names_joined(role_names(finding)));
  out.text(time_or_nothing(first_given(finding)));
  out.text(name_of(finding.existence));
  out.text(time_or_nothing(finding.blast.first_read));
  out.text(names_joined(finding.blast.mailboxes));
  out.number(finding.blast.items);
  out.text(finding.blast.known ? "yes" : "no");
  out.text(names_joined(signal_ids(finding, domain::SignalState::hit)));
  out.text(names_joined(signal_ids(finding, domain::SignalState::not_evaluable)));
  out.text(finding.rule.value_or(""));
  out.text(name_of(finding.mode));
  out.text(finding.mode_reason);
  out.text(finding.exception.value_or(""));
  out.text(scan.coverage.complete ? "yes" : "no");
  std::vector<std::string> answers;
  for (const domain::UserAnswer& answer : finding.answers) answers.push_back(answer_words(answer));
  out.text(names_joined(answers));
  return out.line();
}

std::string line_of(const plan::Plan& plan, std::string_view run, const ActionRow& row) {
  const plan::Action& action = *row.action;
  const journal::ActionState* state = row.state;
  Record out;
  out.text(plan.tenant);
  out.text(plan.id);
  out.text(plan.digest);
  out.text(run);
  out.text(action.id);
  out.text(domain::name_of(action.kind));
  out.text(phase_words(row));
  out.text(state != nullptr && state->at != Time{} ? format_time(state->at) : "");
  out.number_if(state != nullptr && state->status != 0, state == nullptr ? 0 : state->status);
  out.text(state != nullptr ? state->request_id : "");
  out.text(state != nullptr ? state->detail : "");
  out.text(action.target.kind);
  out.text(action.target.id);
  out.text(name_shown(action.target.display_name));
  out.text(code_points_note(action.target.display_name));
  out.text(action.target.app_id);
  out.text(whom_words(plan, action));
  out.text(action.request.method);
  out.text(action.request.path);
  out.text(body_words(action.request));
  out.text(plan::name_of(action.reversible));
  out.text(undo_words(action));
  out.text(action.effect);
  out.text(action.residual);
  out.text(names_joined(action.depends));
  out.text(action.because.finding);
  out.text(action.because.rule);
  out.text(names_joined(action.because.signals));
  return out.line();
}

std::string actions(const plan::Plan& plan, std::string_view run,
                    const std::vector<ActionRow>& rows) {
  std::string out =
      header({"tenant_id",      "plan_id", "plan_digest", "run_id",      "action",
              "kind",           "phase",   "phase_at",    "http_status", "request_id",
              "detail",         "target",  "target_id",   "target_name", "target_name_code_points",
              "application_id", "whom",    "method",      "path",        "body",
              "reversible",     "undo",    "effect",      "stays",       "depends",
              "case",           "rule",    "signals"});
  for (const ActionRow& row : rows) out += line_of(plan, run, row);
  return out;
}

}  // namespace

std::string findings_csv(const Scan& scan) {
  std::string out = header({"tenant_id",
                            "tenant_name",
                            "observed",
                            "case",
                            "verdict",
                            "score",
                            "case_state",
                            "case_since",
                            "application",
                            "application_code_points",
                            "application_id",
                            "service_principal_id",
                            "owner",
                            "owner_tenant_id",
                            "publisher",
                            "publisher_code_points",
                            "sign_in",
                            "reply_urls",
                            "everyone",
                            "users",
                            "user_names",
                            "scopes",
                            "app_roles",
                            "first_given",
                            "existence",
                            "first_read",
                            "mailboxes_read",
                            "messages_named",
                            "blast_radius_known",
                            "signals",
                            "signals_not_evaluable",
                            "rule",
                            "mode",
                            "mode_reason",
                            "exception",
                            "coverage_complete",
                            "answers"});
  for (const domain::Finding& finding : scan.findings) out += line_of(scan, finding);
  return out;
}

std::string actions_csv(const plan::Plan& plan) { return actions(plan, {}, rows_of(plan)); }
std::string actions_csv(const RunView& run) { return actions(run.plan, run.id, rows_of(run)); }

}  // namespace clawback::report
