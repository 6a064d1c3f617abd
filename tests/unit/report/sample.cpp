#include "sample.hpp"

#include <boost/json/object.hpp>

namespace clawback::tests {
namespace {

Time at(std::string_view text) { return *parse_time(text); }

domain::Coverage coverage() {
  domain::Coverage out;
  out.sources = {{.name = "servicePrincipals",
                  .state = domain::SourceState::read,
                  .records = 41,
                  .reason = {}},
                 {.name = "oauth2PermissionGrants",
                  .state = domain::SourceState::read,
                  .records = 7,
                  .reason = {}},
                 {.name = "appRoleAssignments",
                  .state = domain::SourceState::read,
                  .records = 1,
                  .reason = {}},
                 {.name = "directoryAudits",
                  .state = domain::SourceState::partial,
                  .records = 3,
                  .reason = "the log keeps 30 days only"},
                 {.name = "signIns",
                  .state = domain::SourceState::denied,
                  .records = 0,
                  .reason = "the tenant has no Entra ID P1 licence"},
                 {.name = "mailItemsAccessed",
                  .state = domain::SourceState::absent,
                  .records = 0,
                  .reason = "Graph does not give it"},
                 {.name = "mailboxChanges",
                  .state = domain::SourceState::absent,
                  .records = 0,
                  .reason = "Graph does not give it"},
                 {.name = "organizationConfig",
                  .state = domain::SourceState::absent,
                  .records = 0,
                  .reason = "Graph does not give it"}};
  out.logs_since = at("2026-10-24T03:04:09Z");
  out.complete = false;
  return out;
}

domain::Finding em_client() {
  domain::Finding out;
  out.key = "sha256:1111";
  out.verdict = domain::Verdict::alert;
  out.score = 95;
  out.app.id = domain::ServicePrincipalId("sp-em");
  out.app.app_id = domain::AppId("e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd");
  out.app.display_name = "eM Client";
  out.app.owner_tenant = domain::TenantId("11112222-3333-4444-5555-666677778888");
  out.app.account_enabled = true;
  out.app.verified_publisher = domain::VerifiedPublisher{};
  out.app.reply_urls = {{"https://evil.example/cb"}};
  out.ownership = domain::Ownership::third_party;
  out.grants = {{.id = domain::GrantId("g-ada"),
                 .client = out.app.id,
                 .resource = domain::ServicePrincipalId("sp-exchange"),
                 .consent = domain::ConsentType::principal,
                 .principal = domain::UserId("ada"),
                 .scopes = {"EWS.AccessAsUser.All", "offline_access"}}};
  out.users = {{.id = domain::UserId("ada"),
                .user_principal_name = "ada@contoso.example",
                .display_name = "Ada",
                .account_enabled = true,
                .type = "Member",
                .sessions_valid_from = {}}};
  out.signals = {
      {.id = "D01",
       .state = domain::SignalState::hit,
       .weight = 60,
       .reason = "the catalog knows this client as one that attackers use to take whole mailboxes",
       .evidence = {"sp-em"},
       .missing = {}},
      {.id = "D02",
       .state = domain::SignalState::miss,
       .weight = 0,
       .reason = "no name lookalike",
       .evidence = {},
       .missing = {}},
      {.id = "D07",
       .state = domain::SignalState::miss,
       .weight = 0,
       .against = true,
       .reason = "the publisher is verified and the application is here for years",
       .evidence = {"sp-em"},
       .missing = {}},
      {.id = "D11",
       .state = domain::SignalState::not_evaluable,
       .weight = 0,
       .reason = "sign-ins were not read",
       .evidence = {},
       .missing = "signIns"}};
  using enum domain::TimelineKind;
  out.timeline = {
      {.time = at("2026-11-20T09:58:11Z"),
       .event = "Sign-in behind the consent (record audit-1) of ada@contoso.example from "
                "203.0.113.7 (NL)",
       .record = "si-1",
       .kind = sign_in},
      {.time = at("2026-11-20T10:00:00Z"), .event = "Ada consented", .record = "audit-1"},
      {.time = at("2026-11-20T10:04:00Z"),
       .event = "Sign-in of ada@contoso.example from 203.0.113.7 (NL)",
       .record = "si-2",
       .kind = sign_in},
      {.time = at("2026-11-20T10:05:00Z"),
       .event = "Mailbox ada@contoso.example read, 120 messages",
       .record = "mail-1",
       .kind = mail_read},
      {.time = at("2026-11-20T10:31:40Z"),
       .event = "New-InboxRule in mailbox ada@contoso.example, forwards mail",
       .record = "rule-1",
       .kind = mail_rule}};
  domain::GrantHistory given;
  given.id = domain::GrantId("g-ada");
  given.client = out.app.id;
  given.resource = domain::ServicePrincipalId("sp-exchange");
  given.principal = domain::UserId("ada");
  given.scopes = {"EWS.AccessAsUser.All", "offline_access"};
  given.added_scopes = {"EWS.AccessAsUser.All"};
  given.first_seen = at("2026-11-20T10:00:00Z");
  given.last_changed = at("2026-11-20T10:01:14Z");
  given.by = "ada@contoso.example";
  given.from = "203.0.113.7 (NL)";
  given.records = {"audit-1", "audit-2"};
  domain::GrantHistory gone;
  gone.id = domain::GrantId("g-bob");
  gone.client = out.app.id;
  gone.resource = domain::ServicePrincipalId("sp-graph");
  gone.principal = domain::UserId("bob");
  gone.present = false;
  gone.not_before = at("2026-11-18T00:00:00Z");
  gone.not_after = at("2026-11-19T00:00:00Z");
  gone.unknown = "by whom and from where: no record of it in the log";
  out.history = {given, gone};
  out.blast = {.known = false,
               .unknown = "mailboxChanges was not read",
               .mailboxes = {"ada@contoso.example", "box@contoso.example"},
               .items = 120,
               .first_read = at("2026-11-20T10:05:00Z"),
               .seconds_after_consent = 300,
               .rules = {"rule-1"}};
  out.existence = domain::Existence::in_window;
  out.existence_reason = "the consent is in the log";
  out.state = domain::CaseState::changed;
  out.case_since = at("2026-11-21T00:00:00Z");
  out.rule = "known-abused-mail-client";
  out.mode = domain::Mode::approve;
  out.mode_reason = "the installation's ceiling";
  return out;
}

domain::Finding backup_tool() {
  domain::Finding out;
  out.key = "sha256:2222";
  out.verdict = domain::Verdict::info;
  out.score = 20;
  out.app.id = domain::ServicePrincipalId("sp-backup");
  out.app.app_id = domain::AppId("99990000-1111-4222-8333-444455556666");
  out.app.display_name = "A backup tool whose name is much too long for any column of a table";
  out.app.account_enabled = true;
  out.ownership = domain::Ownership::own_tenant;
  out.app_roles = {{.id = domain::AssignmentId("r-1"),
                    .principal = out.app.id,
                    .resource = domain::ServicePrincipalId("sp-graph"),
                    .role_id = "810c84a8-4a9e-49e6-bf7d-12d183f40d01",
                    .value = "Mail.Read",
                    .created = {}}};
  out.state = domain::CaseState::fresh;
  out.exception = "CHG-1234 (dana@contoso.example)";
  return out;
}

plan::Action disable() {
  const json::object before = {{"accountEnabled", true}, {"id", "sp-em"}};
  const plan::Request read{
      .method = "GET", .path = "/v1.0/servicePrincipals/sp-em", .body = nullptr};
  return {.id = "a1",
          .kind = domain::ActionKind::disable_app,
          .depends = {},
          .target = {.kind = "servicePrincipal",
                     .id = "sp-em",
                     .app_id = "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd",
                     .service_principal_id = "sp-em",
                     .display_name = "eM Client"},
          .request = {.method = "PATCH",
                      .path = read.path,
                      .body = json::object{{"accountEnabled", false}}},
          .precondition = {.request = read, .hash = "sha256:00", .before = before},
          .postcondition = {.after = json::object{{"accountEnabled", false}}},
          .reversible = plan::Reversible::exact,
          .inverse = plan::Request{.method = "PATCH",
                                   .path = read.path,
                                   .body = json::object{{"accountEnabled", true}}},
          .because = {.finding = "sha256:1111",
                      .rule = "known-abused-mail-client",
                      .signals = {"D01", "D04"}},
          .effect = "Nobody gets new tokens for eM Client.",
          .residual = "Tokens that were issued hold for up to an hour."};
}

plan::Action revoke_sessions() {
  plan::Action out = disable();
  out.id = "a2";
  out.kind = domain::ActionKind::revoke_sessions;
  out.depends = {"a1"};
  out.target = {.kind = "user",
                .id = "ada",
                .app_id = "",
                .service_principal_id = "",
                .display_name = "ada@contoso.example"};
  out.request = {.method = "POST", .path = "/v1.0/users/ada/revokeSignInSessions", .body = nullptr};
  out.precondition.request.path = "/v1.0/users/ada?$select=id,signInSessionsValidFromDateTime";
  out.precondition.before = json::object{{"id", "ada"}};
  out.reversible = plan::Reversible::no;
  out.inverse = std::nullopt;
  out.effect = "Ada signs in again everywhere.";
  return out;
}

}  // namespace

report::Scan sample_scan() {
  return {.tenant = "aaaabbbb-0000-4ccc-8111-dddd2222eeee",
          .tenant_name = "contoso",
          .observed = at("2026-11-23T03:04:09Z"),
          .catalog = "sha256:cata",
          .policy = "sha256:poli",
          .coverage = coverage(),
          .missing = {"signIns"},
          .findings = {em_client(), backup_tool()}};
}

plan::Plan sample_plan() {
  plan::Plan out;
  out.id = "0f0f0f0f-1111-4222-8333-444455556666";
  out.tenant = "aaaabbbb-0000-4ccc-8111-dddd2222eeee";
  out.created = at("2026-11-23T03:04:09Z");
  out.expires = at("2026-11-24T03:04:09Z");
  out.tool = "clawback 0.1.0";
  out.policy = "sha256:poli";
  out.catalog = "sha256:cata";
  out.identity = "77778888-9999-4aaa-8bbb-ccccddddeeee";
  out.coverage = coverage();
  out.apps = 1;
  out.users = 1;
  out.affected = {"ada", "u-eve"};
  out.names = {{"ada", "ada@contoso.example"}, {"u-eve", "eve@contoso.example"}};
  out.cases = {{.finding = "sha256:1111",
                .rule = "known-abused-mail-client",
                .why = "Abused in many incidents.",
                .reasons = {{.signal = "D01", .text = "It is in the catalog.", .records = {}}}}};
  out.refused = {
      {.finding = "sha256:3333", .target = "sp-graph", .reason = "it belongs to Microsoft"}};
  out.quorum = 2;
  out.actions = {disable(), revoke_sessions()};
  out.digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  return out;
}

report::RunView sample_run() {
  report::RunView out;
  out.id = "5e5e5e5e-1111-4222-8333-444455556666";
  out.plan = sample_plan();
  out.state.started = true;
  out.state.ended = true;
  out.state.actions["a1"].phase = journal::Phase::done;
  out.state.actions["a1"].at = at("2026-11-23T04:00:01Z");
  out.state.actions["a1"].intents = 1;
  out.state.actions["a1"].status = 204;
  out.state.actions["a2"].phase = journal::Phase::failed;
  out.state.actions["a2"].at = at("2026-11-23T04:00:03Z");
  out.state.actions["a2"].intents = 1;
  out.state.actions["a2"].status = 403;
  out.state.actions["a2"].request_id = "req-7";
  out.state.actions["a2"].detail = "User.RevokeSessions.All is missing";
  journal::Event started;
  started.time = at("2026-11-23T04:00:00Z");
  journal::Event ended;
  ended.kind = journal::EventKind::ended;
  ended.time = at("2026-11-23T04:00:03Z");
  out.events = {started, ended};
  out.head = {.seq = 12, .hash = std::string(64, 'a')};
  return out;
}

report::Scan hostile_scan() {
  report::Scan out = sample_scan();
  const std::string text(hostile);
  out.tenant_name = text;
  out.coverage.sources[4].reason = text;
  out.missing = {text};
  domain::Finding& finding = out.findings[0];
  finding.app.display_name = text;
  finding.app.verified_publisher = domain::VerifiedPublisher{.id = "1", .display_name = text};
  finding.app.reply_urls = {{"javascript:" + text}};
  finding.grants[0].scopes = {text};
  finding.users[0].user_principal_name = text;
  finding.signals[0].reason = text;
  finding.signals[0].evidence = {text};
  finding.signals[2].reason = text;
  finding.signals[3].missing = text;
  for (domain::GrantHistory& history : finding.history) {
    history.principal = domain::UserId(text);
    history.by = text;
    history.from = text;
    history.unknown = text;
    history.added_scopes = {text};
    history.records = {text};
  }
  finding.blast.unknown = text;
  finding.blast.mailboxes = {text};
  finding.blast.rules = {text};
  finding.existence_reason = text;
  finding.timeline[0].event = text;
  finding.timeline[0].record = text;
  finding.app_roles = out.findings[1].app_roles;
  finding.app_roles[0].value = text;
  finding.exception = text;
  return out;
}

plan::Plan hostile_plan() {
  plan::Plan out = sample_plan();
  const std::string text(hostile);
  out.id = text;
  out.tool = text;
  out.undo_of = text;
  out.refused[0].reason = text;
  out.affected = {text, "eve"};
  out.names = {{"eve", text}};
  out.cases = {{.finding = text,
                .rule = text,
                .why = text,
                .reasons = {{.signal = text, .text = text, .records = {text}}}}};
  for (plan::Action& action : out.actions) {
    action.id = text;
    action.target.display_name = text;
    action.target.id = text;
    action.target.app_id = text;
    action.because.finding = text;
    action.request.path = text;
    action.request.body = json::object{{"a", text}};
    action.precondition.before = json::object{{"a", text}};
    action.because.rule = text;
    action.effect = text;
    action.residual = text;
  }
  return out;
}

report::RunView hostile_run() {
  report::RunView out = sample_run();
  out.id = std::string(hostile);
  out.plan = hostile_plan();
  out.state.actions[std::string(hostile)] = out.state.actions["a2"];
  out.state.actions[std::string(hostile)].detail = std::string(hostile);
  return out;
}

}  // namespace clawback::tests
