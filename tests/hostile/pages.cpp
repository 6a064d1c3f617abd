#include "pages.hpp"

#include "columns.hpp"
#include "console/pages.hpp"
#include "report/case_row.hpp"
#include "support/shipped_policy.hpp"

namespace clawback::tests {
namespace {

console::Shell shell_of(const std::string& text) {
  console::Shell shell;
  shell.person = console::Person{.name = text, .account = {}, .approver = true};
  shell.csrf = text;
  shell.tenant = text;
  shell.notice = text;
  shell.wanted = text;
  shell.now = Time{std::chrono::sys_days(std::chrono::year(2026) / 11 / 23)};
  return shell;
}

approval::Statement statement_of(const std::string& text) {
  return {.plan_digest = text, .tenant = text, .approver = text, .reason = text, .nonce = text};
}

console::PlanView plan_of(const std::string& text) {
  console::PlanView view;
  view.plan = hostile_plan_of(text);
  // One that can still be approved has the forms.
  view.plan.breaches.clear();
  view.file = text;
  view.signed_by = {statement_of(text)};
  view.unusable = {text};
  view.alone = text;
  view.policy_problem = text;
  return view;
}

// Rules and catalogs are files of the installation's own, but a catalog is made of others' names.
policy::Policy policy_of(const std::string& text) {
  policy::Policy out = *policy::parse(test::shipped_policy_files());
  out.id = text;
  out.description = text;
  policy::Rule& rule = out.rules.front();
  rule.id = text;
  rule.why = text;
  rule.gaps = text;
  rule.match.signals_any = rule.match.scopes_any = {text};
  rule.match.app_ids = {domain::AppId(text)};
  out.exceptions = {{.app_id = domain::AppId(text),
                     .users = {domain::UserId(text)},
                     .scopes = {text},
                     .app_roles = {text},
                     .reason = text,
                     .owner = text}};
  policy::CatalogEntry& entry = out.catalog.entries.front();
  entry.names = {text};
  entry.why = text;
  entry.sources = {text};
  entry.notes = {text};
  entry.conflicts = {text};
  entry.overrides = text;
  entry.reviewed = text;
  return out;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> hostile_pages_of(const std::string& text) {
  const console::Shell shell = shell_of(text);
  const report::Scan scan = hostile_scan_of(text);
  console::Findings findings{
      .scan = scan, .matching = scan.findings.size(), .all = scan.findings.size(), .alerts = 1};
  for (const domain::Finding& finding : scan.findings) {
    // As the database keeps it.
    auto row = report::parse_row(report::row_text(report::case_row(finding, scan.coverage)));
    if (row) findings.rows.push_back(std::move(*row));
  }
  const console::Filter filter{.text = text, .verdict = text, .rule = text, .state = text};
  console::OneCase one{.scan = scan, .plans = {text}, .runs = {text}};
  one.scan.findings.resize(1);
  const console::PlanView plan = plan_of(text);
  console::PlanView closed = plan;
  closed.closed = text;
  closed.run = text;
  console::RunRow row;
  row.id = row.plan = row.undo_of = text;
  console::Health health;
  health.coverage = scan.coverage;
  health.head = journal::Head{.seq = 1, .hash = text};
  health.halted = journal::Halt{.who = text, .reason = text, .since = shell.now};
  health.problem = text;
  health.unreadable = {text};
  health.policy_problem = text;
  const policy::Policy policy = policy_of(text);
  return {
      {"sign-in.page", console::sign_in_page(shell)},
      {"error.page", console::error_page(shell, 404, text, text)},
      {"findings.page", console::findings_page(shell, findings, filter)},
      {"case.page", console::case_page(shell, one)},
      {"plans.page",
       console::plans_page(
           shell, {.views = {plan, closed}, .unreadable = {text}, .policy_problem = text})},
      {"plan.page", console::plan_page(shell, plan)},
      {"closed-plan.page", console::plan_page(shell, closed)},
      {"sign.page", console::sign_page(shell, plan, statement_of(text))},
      {"runs.page", console::runs_page(shell, {.rows = {row}, .all = 2})},
      {"run.page", console::run_page(shell, hostile_run_of(text))},
      {"rules.page", console::rules_page(shell, {.policy = policy, .problem = text})},
      {"catalog.page", console::catalog_page(shell, {.policy = policy, .problem = text})},
      {"health.page", console::health_page(shell, health)},
      {"progress.event", console::progress_event(hostile_run_of(text), 7)},
  };
}

}  // namespace clawback::tests
