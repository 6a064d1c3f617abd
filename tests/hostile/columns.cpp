#include "columns.hpp"

#include <boost/json/object.hpp>

#include "unit/notify/messages.hpp"
#include "unit/report/sample.hpp"

namespace clawback::tests {
namespace {

void fill(domain::Finding& finding, const std::string& text) {
  finding.key = text;
  domain::ServicePrincipal& app = finding.app;
  app.id = domain::ServicePrincipalId(text);
  app.app_id = domain::AppId(text);
  app.display_name = text;
  app.owner_tenant = domain::TenantId(text);
  app.verified_publisher = domain::VerifiedPublisher{.id = text, .display_name = text};
  app.disabled_by_microsoft = text;
  app.reply_urls = {{text, "https://" + text, "https://" + text + ".example/" + text}};
  app.homepage = text;
  for (domain::Grant& grant : finding.grants) {
    grant.id = domain::GrantId(text);
    grant.resource = domain::ServicePrincipalId(text);
    grant.principal = domain::UserId(text);
    grant.scopes = {text, "Mail.Read"};
  }
  finding.app_roles = {{.id = domain::AssignmentId(text),
                        .principal = app.id,
                        .resource = domain::ServicePrincipalId(text),
                        .role_id = text,
                        .value = text,
                        .created = {}}};
  for (domain::User& user : finding.users) {
    user.id = domain::UserId(text);
    user.user_principal_name = text;
    user.display_name = text;
  }
  for (domain::SignalResult& signal : finding.signals) {
    signal.reason = text;
    signal.evidence = {text};
    if (signal.missing) signal.missing = text;
  }
  for (domain::TimelineEntry& entry : finding.timeline) {
    entry.event = text;
    entry.record = text;
  }
  for (domain::GrantHistory& history : finding.history) {
    history.id = domain::GrantId(text);
    history.resource = domain::ServicePrincipalId(text);
    history.principal = domain::UserId(text);
    history.scopes = {text};
    history.added_scopes = {text};
    history.by = text;
    history.from = text;
    history.records = {text};
    history.unknown = text;
  }
  finding.blast.unknown = text;
  finding.blast.mailboxes = {text};
  finding.blast.rules = {text};
  finding.answers = {{.case_key = text,
                      .user = domain::UserId(text),
                      .user_principal_name = text,
                      .says = domain::Says::mine,
                      .by = text,
                      .account = text,
                      .note = text}};
  finding.existence_reason = text;
  finding.rule = text;
  finding.mode_reason = text;
  finding.needs = {text};
}

}  // namespace

report::Scan hostile_scan_of(const std::string& text) {
  report::Scan out = sample_scan();
  out.tenant = text;
  out.tenant_name = text;
  out.catalog = text;
  out.policy = text;
  out.missing = {text};
  out.coverage.sources[3].name = text;
  out.coverage.sources[3].reason = text;
  for (domain::Finding& finding : out.findings) fill(finding, text);
  out.findings[1].exception = text;
  return out;
}

plan::Plan hostile_plan_of(const std::string& text) {
  plan::Plan out = sample_plan();
  out.id = text;
  out.tenant = text;
  out.tool = text;
  out.policy = text;
  out.catalog = text;
  out.identity = text;
  out.undo_of = text;
  out.requested_by = text;
  out.requested_from = text;
  out.evidence = text;
  out.consent_after = {text};
  out.remarks = {text};
  out.affected = {text, "eve"};
  out.names = {{text, text}, {"eve", text}};
  out.coverage.sources[3].reason = text;
  out.cases = {{.finding = text,
                .rule = text,
                .why = text,
                .reasons = {{.signal = text, .text = text, .records = {text}}}}};
  out.breaches = {{.limit = text, .allowed = 1, .planned = 2}};
  out.refused = {{.finding = text, .target = text, .reason = text}};
  for (plan::Action& action : out.actions) {
    const std::string id = action.id;
    action.target.id = text;
    action.target.app_id = text;
    action.target.service_principal_id = text;
    action.target.display_name = text;
    action.request.path = text;
    action.request.body = json::object{{"a", text}, {text, text}};
    action.precondition.request.path = text;
    action.precondition.before = json::object{{"a", text}, {"principalId", text}};
    action.postcondition.after = json::object{{"a", text}};
    if (action.inverse) action.inverse->path = text;
    action.because = {.finding = text, .rule = text, .signals = {text}};
    action.effect = text;
    action.residual = text;
    action.notes = {text};
  }
  return out;
}

report::RunView hostile_run_of(const std::string& text) {
  report::RunView out = sample_run();
  out.id = text;
  out.plan = hostile_plan_of(text);
  for (auto& [id, state] : out.state.actions) {
    state.detail = text;
    state.request_id = text;
    state.observed = json::object{{"a", text}};
  }
  for (journal::Event& event : out.events) {
    event.detail = text;
    event.request_id = text;
    event.client_request_id = text;
  }
  out.head.hash = text;
  out.approvals = {{.nonce = text, .run = text, .approver = text, .break_glass = true}};
  return out;
}

report::AskSheet hostile_sheet_of(const std::string& text) {
  return {.person = {.id = domain::UserId(text), .user_principal_name = text, .display_name = text},
          .date = text,
          .programs = {{.name = text, .app_id = text}, {.name = "Ordinary", .app_id = text}}};
}

report::LogView hostile_log_of(const std::string& text) {
  report::LogView out;
  const std::string record = canonical_json(json::object{{"reason", text}, {"name", text}});
  out.rows = {
      {.seq = 1, .run = text, .kind = text, .action = text, .time = text, .record = record},
      {.seq = 2, .run = text, .kind = "halted", .action = "", .time = text, .record = text}};
  out.head = {.seq = 2, .hash = text};
  return out;
}

notify::Message hostile_message_of(const std::string& text) {
  notify::Message out = notify::test::full();
  out.tenant = text;
  out.tenant_name = text;
  out.tool = text;
  out.runs = {text};
  for (notify::Case& one : out.found) {
    one.key = text;
    one.app_id = text;
    one.display_name = text;
    one.rule = text;
    one.state = text;
  }
  for (notify::Done& one : out.done) one.run = text;
  for (notify::Waiting& one : out.waits) {
    one.file = text;
    one.digest = text;
  }
  for (notify::FollowUp& one : out.followup) {
    one.run = text;
    one.app_id = text;
    one.object_id = text;
    one.display_name = text;
    one.detail = text;
  }
  for (notify::Escalation& one : out.escalations) {
    one.run = text;
    one.approver = text;
    one.detail = text;
  }
  out.errors = {text};
  out.audit_head = text;
  return out;
}

}  // namespace clawback::tests
