#include <doctest/doctest.h>

#include <filesystem>

#include "base/file.hpp"
#include "evidence/files.hpp"
#include "evidence/record.hpp"
#include "evidence/unified_audit.hpp"
#include "graph/parse.hpp"

using namespace clawback;
using domain::SourceState;
using evidence::Fate;
using evidence::Kind;
namespace fs = std::filesystem;

namespace {

json::value value(std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed) FAIL(parsed.error().message);
  return *parsed;
}

// One consent as each log tells it. Guids: ada ada00000-…, service principal 5b…, app a9….
constexpr std::string_view graph_consent = R"({
  "id":"Directory_1","activityDisplayName":"Consent to application",
  "activityDateTime":"2026-11-01T10:00:00Z","result":"success","resultReason":"",
  "correlationId":"c0000000-0000-4000-8000-000000000001",
  "initiatedBy":{"user":{"id":"ada00000-0000-4000-8000-000000000001","displayName":"Azure ESTS Service",
    "userPrincipalName":"ada@contoso.example","ipAddress":"203.0.113.7"},"app":null},
  "targetResources":[{"id":"5b000000-0000-4000-8000-000000000001","displayName":"eM Client",
    "type":"ServicePrincipal","modifiedProperties":[
      {"displayName":"ConsentContext.IsAdminConsent","oldValue":null,"newValue":"\"False\""},
      {"displayName":"ConsentAction.Permissions","oldValue":null,
       "newValue":"\"[] => [[Id: x, ClientId: 5b000000-0000-4000-8000-000000000001, PrincipalId: p, ResourceId: r, ConsentType: Principal, Scope:  Mail.Read, CreatedDateTime: , LastModifiedDateTime ]]; \""},
      {"displayName":"AppAddress","oldValue":"[]","newValue":"[{\"Address\":\"http://localhost\"}]"}]}],
  "additionalDetails":[{"key":"User-Agent","value":"EvoSTS"},
    {"key":"AppId","value":"A9000000-0000-4000-8000-000000000001"}]})";

constexpr std::string_view unified_consent = R"({
  "CreationTime":"2026-11-01T10:00:00","Id":"u-1","Operation":"Consent to application.",
  "OrganizationId":"t","RecordType":8,"ResultStatus":"Success",
  "UserKey":"1003BFFD@contoso.example","UserType":0,"Version":1,"Workload":"AzureActiveDirectory",
  "ObjectId":"a9000000-0000-4000-8000-000000000001","UserId":"ada@contoso.example",
  "ExtendedProperties":[{"Name":"extendedAuditEventCategory","Value":"ServicePrincipal"},
    {"Name":"additionalDetails","Value":"{\"User-Agent\":\"EvoSTS\",\"AppId\":\"a9000000-0000-4000-8000-000000000001\"}"}],
  "ModifiedProperties":[
    {"Name":"ConsentContext.IsAdminConsent","NewValue":"False","OldValue":""},
    {"Name":"ConsentAction.Permissions","OldValue":"",
     "NewValue":"[] => [[Id: x, ClientId: 5b000000-0000-4000-8000-000000000001, PrincipalId: p, ResourceId: r, ConsentType: Principal, Scope:  Mail.Read, CreatedDateTime: , LastModifiedDateTime ]]; "},
    {"Name":"AppAddress","OldValue":"[]","NewValue":"[\r\n  {\r\n    \"Address\": \"http://localhost\"\r\n  }\r\n]"}],
  "Actor":[{"ID":"Azure ESTS Service","Type":1},{"ID":"ada@contoso.example","Type":5},
    {"ID":"18ed3507-a475-4ccb-b669-d66bc9f2a36e","Type":2},
    {"ID":"User_ada00000-0000-4000-8000-000000000001","Type":2},
    {"ID":"ada00000-0000-4000-8000-000000000001","Type":2},{"ID":"User","Type":2}],
  "ActorIpAddress":"<null>","ClientIP":"203.0.113.7:49152",
  "InterSystemsId":"c0000000-0000-4000-8000-000000000001",
  "Target":[{"ID":"ServicePrincipal_5b000000-0000-4000-8000-000000000001","Type":2},
    {"ID":"5b000000-0000-4000-8000-000000000001","Type":2},{"ID":"ServicePrincipal","Type":2},
    {"ID":"eM Client","Type":1},{"ID":"a9000000-0000-4000-8000-000000000001","Type":4}]})";

std::string diagnostic(std::string_view properties, std::string_view category = "AuditLogs") {
  return R"({"time":"2026-11-01T10:00:01Z","resourceId":"/tenants/t","operationName":"x","category":")" +
         std::string(category) + R"(","properties":)" + std::string(properties) + "}";
}

std::string as_text(std::string_view text) { return compact_json(json::value(text)); }

// A row of AuditLogs with each dynamic column as a text, as the portal's CSV has it.
std::string audit_row() {
  const json::value event = value(graph_consent);
  const auto text = [&](std::string_view key) { return as_text(compact_json(event.at(key))); };
  return R"({"TenantId":"t","TimeGenerated":"2026-11-01T10:00:09Z","Type":"AuditLogs","OperationName":"Consent to application",)"
         R"("ActivityDateTime":"11/1/2026, 10:00:00.000 AM","Id":"Directory_1","Result":"success","ResultReason":"",)"
         R"("CorrelationId":"c0000000-0000-4000-8000-000000000001","InitiatedBy":)" +
         text("initiatedBy") + R"(,"TargetResources":)" + text("targetResources") +
         R"(,"AdditionalDetails":)" + text("additionalDetails") + "}";
}

evidence::Taken take(domain::Snapshot& to, std::string_view text) {
  return evidence::take_record(to, value(text));
}

domain::AuditEvent audit_of(std::string_view text) {
  domain::Snapshot to;
  const auto taken = take(to, text);
  CHECK(taken.why.empty());
  REQUIRE(taken.fate == Fate::added);
  CHECK(taken.kind == Kind::audit);
  REQUIRE(to.audits.size() == 1);
  return to.audits[0];
}

domain::SignIn sign_in_of(std::string_view text) {
  domain::Snapshot to;
  const auto taken = take(to, text);
  CHECK(taken.why.empty());
  REQUIRE(to.sign_ins.size() == 1);
  return to.sign_ins[0];
}

evidence::FromFiles read(std::string_view bytes) {
  auto from = evidence::read_bytes("x", bytes, {.tenant = {}, .tenant_name = {}, .now = Time{}});
  if (!from) FAIL(from.error().message);
  return *from;
}

SourceState state(const evidence::FromFiles& from, std::string_view name) {
  return domain::find(from.snapshot.coverage, name)->state;
}

}  // namespace

TEST_CASE("formats: one consent is the same event in every log") {
  const domain::AuditEvent expected = audit_of(graph_consent);
  CHECK(expected.origin == domain::Origin::graph);
  CHECK(expected.actor_display_name == "Azure ESTS Service");
  CHECK(expected.targets[0].properties[2].new_value == R"([{"Address":"http://localhost"}])");

  domain::AuditEvent unified = audit_of(unified_consent);
  CHECK(unified.origin == domain::Origin::unified_audit);
  CHECK(unified.id.str() == "u-1");
  unified.id = expected.id;
  unified.origin = expected.origin;
  CHECK(unified == expected);

  for (const std::string& text :
       {diagnostic(graph_consent), diagnostic(as_text(graph_consent)), audit_row()}) {
    CAPTURE(text);
    domain::AuditEvent other = audit_of(text);
    CHECK(other.origin == domain::Origin::log_analytics);
    other.origin = expected.origin;
    CHECK(other == expected);
  }
}

TEST_CASE("formats: a record of the unified audit log within a row") {
  const domain::AuditEvent expected = audit_of(unified_consent);
  CHECK(audit_of(R"({"RecordType":8,"Operations":"x","AuditData":)" + as_text(unified_consent) +
                 "}") == expected);
  CHECK(audit_of(R"({"id":"q","operation":"x","auditData":)" + std::string(unified_consent) +
                 "}") == expected);
  domain::Snapshot to;
  for (const std::string_view text :
       {R"({"AuditData":"{"})", R"({"AuditData":"{}"})", R"({"AuditData":{"a":1}})"}) {
    CAPTURE(text);
    CHECK(take(to, text).fate == Fate::refused);
  }
}

TEST_CASE("formats: an activity has one spelling") {
  struct Case {
    std::string_view text;
    std::string_view name;
  };
  const Case cases[] = {
      {"Consent to application.", "Consent to application"},
      {"Update application \xE2\x80\x93 Certificates and secrets management ",
       "Update application - Certificates and secrets management"},
      {" Update application \xE2\x80\x94 Certificates and secrets management. ",
       "Update application - Certificates and secrets management"},
      {"Add service principal", "Add service principal"},
      {" . ", ""},
      {"", ""},
  };
  for (const Case& c : cases) CHECK(graph::activity_name(c.text) == c.name);
}

TEST_CASE("unified audit: an application as actor, a refused consent, an older layout") {
  const auto by_app = audit_of(R"({"CreationTime":"2026-11-01T10:00:00","Id":"u","RecordType":8,
    "Operation":"Add service principal credentials.","ResultStatus":"Succeeded",
    "Workload":"AzureActiveDirectory","UserId":"ServicePrincipal_b0000000-0000-4000-8000-000000000001",
    "UserKey":"b0000000-0000-4000-8000-000000000001",
    "Actor":[{"ID":"Managed Service Identity","Type":1},{"ID":"x;0A000000-0000-4000-8000-00000000000F","Type":4},
      {"ID":"ServicePrincipal_b0000000-0000-4000-8000-000000000001","Type":2}],
    "ActorIpAddress":"[2001:DB8::1]:443","Target":[{"ID":"sync","Type":1},
      {"ID":"ServicePrincipal_5B000000-0000-4000-8000-000000000001","Type":2},
      {"ID":"User_ada00000-0000-4000-8000-000000000001","Type":2},{"ID":"Ada","Type":1}]})");
  CHECK(by_app.activity == "Add service principal credentials");
  CHECK(!by_app.actor_user);
  CHECK(!by_app.actor_user_principal_name);
  CHECK(by_app.actor_app_name == "Managed Service Identity");
  CHECK(by_app.actor_app == domain::AppId("0a000000-0000-4000-8000-00000000000f"));
  CHECK(by_app.ip_address == "2001:db8::1");
  REQUIRE(by_app.targets.size() == 2);
  CHECK(by_app.targets[0].id == "5b000000-0000-4000-8000-000000000001");
  CHECK(by_app.targets[0].display_name == "sync");
  CHECK(by_app.targets[1].display_name == "Ada");

  const auto refused = audit_of(R"({"CreationTime":"2026-11-01T10:00:00","Id":"u","RecordType":8,
    "Operation":"Consent to application.","ResultStatus":"Failure","Workload":"AzureActiveDirectory",
    "ObjectId":"Application_62000000-0000-4000-8000-000000000001","UserId":"Not Available",
    "UserKey":"ada00000-0000-4000-8000-000000000001","ClientIP":"::ffff:203.0.113.9",
    "ModifiedProperties":[{"Name":"ConsentAction.Reason","NewValue":"\"Risky application detected\""}]})");
  CHECK(refused.result == domain::AuditResult::failure);
  CHECK(refused.reason == "Risky application detected");
  CHECK(refused.actor_user == domain::UserId("ada00000-0000-4000-8000-000000000001"));
  CHECK(!refused.actor_user_principal_name);
  CHECK(refused.ip_address == "203.0.113.9");
  REQUIRE(refused.targets.size() == 1);
  CHECK(refused.targets[0].type == "Application");
  CHECK(refused.targets[0].properties.size() == 1);

  const auto old = audit_of(R"({"CreationTime":"2021-11-01T10:00:00","Id":"u","RecordType":8,
    "Operation":"Add delegated permission grant.","Workload":"AzureActiveDirectory",
    "Target":[{"ID":"ServicePrincipal","Type":2},{"ID":"91000000-0000-4000-8000-000000000001","Type":2},
      {"ID":"Microsoft Graph","Type":1},
      {"ID":"https://graph.microsoft.com/;00000003-0000-0000-c000-000000000000","Type":4}]})");
  REQUIRE(old.targets.size() == 1);
  CHECK(old.targets[0].type == "ServicePrincipal");
  CHECK(old.targets[0].id == "91000000-0000-4000-8000-000000000001");
  CHECK(old.app_id == domain::AppId("00000003-0000-0000-c000-000000000000"));
  CHECK(old.result == domain::AuditResult::other);
}

TEST_CASE("unified audit: sign-ins") {
  const std::string head =
      R"({"CreationTime":"2026-11-01T10:00:00","Id":"s","RecordType":15,"Workload":"AzureActiveDirectory",
      "UserId":"ada@contoso.example","ClientIP":"203.0.113.7",
      "ExtendedProperties":[{"Name":"UserAgent","Value":"eM Client/10"}],
      "Target":[{"ID":"00000002-0000-0ff1-ce00-000000000000","Type":0}],"ObjectId":"Unknown",)";
  const std::string actor =
      R"("Actor":[{"ID":"ADA00000-0000-4000-8000-000000000001","Type":0},{"ID":"ada@contoso.example","Type":5}],)";
  const std::string app = R"("ApplicationId":"e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd",)";
  const auto in = sign_in_of(head + actor + app + R"("Operation":"UserLoggedIn"})");
  CHECK(in.user.str() == "ada00000-0000-4000-8000-000000000001");
  CHECK(in.app_id.str() == "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd");
  CHECK(in.error_code == 0);
  CHECK(in.user_agent == "eM Client/10");
  CHECK(in.resource == domain::AppId("00000002-0000-0ff1-ce00-000000000000"));
  const auto failed =
      sign_in_of(head + actor + app + R"("Operation":"UserLoginFailed","ErrorNumber":"50126"})");
  CHECK(failed.error_code == 50126);
  // A failure of which the number is not known is no success.
  for (const char* number : {"", R"(,"ErrorNumber":"0")", R"(,"ErrorNumber":"x")"}) {
    CHECK(sign_in_of(head + actor + app + R"("Operation":"UserLoginFailed")" + number + "}")
              .error_code == domain::error_unknown);
  }
  domain::Snapshot to;
  for (const std::string& part : {actor, app}) {
    const auto taken = take(to, head + part + R"("Operation":"UserLoggedIn"})");
    CHECK(taken.fate == Fate::passed_over);
    CHECK(taken.kind == Kind::sign_in);
  }
}

TEST_CASE("unified audit: mail reads") {
  domain::Snapshot to;
  const auto taken = take(to, R"({"CreationTime":"2026-11-01T10:00:00","Id":"m","RecordType":50,
    "Operation":"MailItemsAccessed","Workload":"Exchange","UserId":"ada@contoso.example",
    "UserKey":"10030000","MailboxOwnerUPN":"Ada@Contoso.example","ClientIPAddress":"2603:1026::1",
    "AppId":"00000003-0000-0000-C000-000000000000","ClientAppId":"a9000000-0000-4000-8000-000000000001",
    "ClientInfoString":"Client=REST;Client=RESTSystem;;",
    "OperationProperties":[{"Name":"IsThrottled","Value":"True"},{"Name":"MailAccessType","Value":"Bind"}],
    "Folders":[{"Path":"\\Inbox","FolderItems":[{},{}]},{"FolderItems":[{}]},{"Path":"x"}]})");
  CHECK(taken.why.empty());
  CHECK(taken.kind == Kind::mail_access);
  REQUIRE(to.mail_accesses.size() == 1);
  const domain::MailAccess& one = to.mail_accesses[0];
  CHECK(one.mailbox == "ada@contoso.example");
  CHECK(!one.user);
  CHECK(one.client_app == domain::AppId("a9000000-0000-4000-8000-000000000001"));
  CHECK(one.app == domain::AppId("00000003-0000-0000-c000-000000000000"));
  CHECK(one.items == 3);
  CHECK(one.syncs == 0);
  CHECK(one.throttled);
  take(to, R"({"CreationTime":"2026-11-01T10:00:00","Id":"n","RecordType":50,"UserId":"bob@x",
    "Operation":"MailItemsAccessed","Workload":"Exchange","OperationCount":999999999999999999,
    "AppAccessContext":{"ClientAppId":"a9000000-0000-4000-8000-000000000001",
      "UserObjectId":"B0B00000-0000-4000-8000-000000000001"},
    "OperationProperties":[{"Name":"MailAccessType","Value":"Bind"}]})");
  REQUIRE(to.mail_accesses.size() == 2);
  CHECK(to.mail_accesses[1].items == 1'000'000'000);
  CHECK(to.mail_accesses[1].client_app);
  CHECK(to.mail_accesses[1].user == domain::UserId("b0b00000-0000-4000-8000-000000000001"));
  take(to, R"({"CreationTime":"2026-11-01T10:00:00","Id":"o","RecordType":50,"UserId":"bob@x",
    "Operation":"MailItemsAccessed","Workload":"Exchange","OperationCount":4,
    "OperationProperties":[{"Name":"MailAccessType","Value":"Sync"}]})");
  CHECK(to.mail_accesses[2].items == 0);
  CHECK(to.mail_accesses[2].syncs == 1);
}

TEST_CASE("unified audit: rules and forwarding") {
  struct Case {
    std::string_view name;
    std::string_view members;
    bool added;
    bool forwards;
    bool hides;
    std::vector<std::string> recipients;
  };
  const Case cases[] = {
      {"forwards",
       R"("Operation":"New-InboxRule","Parameters":[{"Name":"ForwardTo","Value":"\"X\" [SMTP:Out@evil.example];b@c"}])",
       true,
       true,
       false,
       {"b@c", "out@evil.example"}},
      {"hides",
       R"("Operation":"New-InboxRule","Parameters":[{"Name":"MoveToFolder","Value":"RSS Subscriptions"}])",
       true,
       false,
       true,
       {}},
      {"moves to an honest folder",
       R"("Operation":"Set-InboxRule","Parameters":[{"Name":"MoveToFolder","Value":"Invoices"},{"Name":"DeleteMessage","Value":"False"}])",
       true,
       false,
       false,
       {}},
      {"deletes",
       R"("Operation":"Set-InboxRule","Parameters":[{"Name":"DeleteMessage","Value":"True"}])",
       true,
       false,
       true,
       {}},
      {"failed",
       R"("ResultStatus":"False","Operation":"New-InboxRule","Parameters":[{"Name":"DeleteMessage","Value":"True"}])",
       false,
       false,
       false,
       {}},
      {"forwarding",
       R"("Operation":"Set-Mailbox","Parameters":[{"Name":"Identity","Value":"bob@contoso.example"},{"Name":"ForwardingSmtpAddress","Value":"smtp:out@evil.example"}])",
       true,
       true,
       false,
       {"out@evil.example"}},
      {"forwarding taken away",
       R"("Operation":"Set-Mailbox","Parameters":[{"Name":"ForwardingSmtpAddress","Value":""}])",
       true,
       false,
       false,
       {}},
      {"another setting",
       R"("Operation":"Set-Mailbox","Parameters":[{"Name":"MaxSendSize","Value":"1"}])",
       false,
       false,
       false,
       {}},
      {"by Outlook",
       R"("Operation":"UpdateInboxRules","OperationProperties":[{"Name":"RuleOperation","Value":"AddMailboxRule"},{"Name":"RuleName","Value":"."},{"Name":"RuleActions","Value":"[{\"ActionType\":\"Forward\",\"Recipients\":[\"out@evil.example\"]},{\"ActionType\":\"Delete\"}]"}])",
       true,
       true,
       true,
       {"out@evil.example"}},
      {"removed by Outlook",
       R"("Operation":"UpdateInboxRules","OperationProperties":[{"Name":"RuleOperation","Value":"RemoveMailboxRule"}])",
       false,
       false,
       false,
       {}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    domain::Snapshot to;
    const auto taken = take(
        to, R"({"CreationTime":"2026-11-01T10:00:00","Id":"c","RecordType":1,"Workload":"Exchange",
             "UserId":"Ada@contoso.example","ClientIP":"203.0.113.7:1","ObjectId":"ada\\My rule",)" +
                std::string(c.members) + "}");
    CHECK(taken.why.empty());
    REQUIRE(to.mailbox_changes.size() == (c.added ? 1 : 0));
    if (!c.added) continue;
    const domain::MailboxChange& one = to.mailbox_changes[0];
    CHECK(one.forwards == c.forwards);
    CHECK(one.hides == c.hides);
    CHECK(one.recipients == c.recipients);
    CHECK(one.ip_address == "203.0.113.7");
    CHECK(one.mailbox == (c.name == "forwarding" ? "bob@contoso.example" : "ada@contoso.example"));
    if (c.name == "hides") CHECK(one.rule_name == "My rule");
    if (c.name == "by Outlook") CHECK(one.rule_name == ".");
  }
}

TEST_CASE("unified audit: a mailbox is known by an address, whoever changed it") {
  const std::string actor = "ada00000-0000-4000-8000-000000000001";
  struct Case {
    std::string_view members;
    std::string_view mailbox;
    bool by_its_user;
  };
  const Case cases[] = {
      {R"("Parameters":[{"Name":"Identity","Value":"Ada@contoso.example"}])", "ada@contoso.example",
       true},
      {R"("Parameters":[{"Name":"Identity","Value":"ada.l"}])", "ada@contoso.example", true},
      {R"("Parameters":[{"Name":"Identity","Value":"EUR01.PROD/Contoso/ada"}])",
       "ada@contoso.example", true},
      {R"("Parameters":[{"Name":"Identity","Value":"bob@contoso.example"}])", "bob@contoso.example",
       false},
      {R"("MailboxOwnerUPN":"ada@contoso.example",
          "Parameters":[{"Name":"Identity","Value":"a.lovelace@contoso.example"}])",
       "a.lovelace@contoso.example", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.members);
    std::string members(c.members);
    members.insert(members.rfind(']'), R"(,{"Name":"ForwardingSmtpAddress","Value":"x@y"})");
    domain::Snapshot to;
    take(to, R"({"CreationTime":"2026-11-01T10:00:00","Id":"c","RecordType":1,
                "Workload":"Exchange","Operation":"Set-Mailbox","UserId":"Ada@contoso.example",
                "UserKey":")" +
                 actor + R"(",)" + members + "}");
    REQUIRE(to.mailbox_changes.size() == 1);
    CHECK(to.mailbox_changes[0].mailbox == c.mailbox);
    CHECK(to.mailbox_changes[0].user.has_value() == c.by_its_user);
  }
  domain::Snapshot to;
  take(to, R"({"CreationTime":"2026-11-01T10:00:00","Id":"c","RecordType":1,"Workload":"Exchange",
              "Operation":"New-InboxRule","UserId":"NT AUTHORITY\\SYSTEM",
              "Parameters":[{"Name":"Mailbox","Value":"ada.l"}]})");
  REQUIRE(to.mailbox_changes.size() == 1);
  CHECK(to.mailbox_changes[0].mailbox == "ada.l");
}

TEST_CASE("unified audit: what is of no use is passed over, and proves no source") {
  const auto from = read(
      R"([{"CreationTime":"2026-11-01T10:00:00","Id":"1","Operation":"FileAccessed","RecordType":6,"Workload":"SharePoint"},
          {"CreationTime":"2026-11-01T09:00:00","Id":"2","Operation":"Send","RecordType":2,"Workload":"Exchange"},
          {"CreationTime":"2026-11-01T10:00:00","Id":"3","Operation":"Set-Mailbox","RecordType":1,"Workload":"Exchange"}])");
  CHECK(from.warnings.empty());
  for (const domain::Source& source : from.snapshot.coverage.sources) {
    CHECK(source.state == SourceState::absent);
  }
  CHECK(from.snapshot.coverage.logs_since == parse_time("2026-11-01T09:00:00Z"));
}

TEST_CASE("unified audit: an export shows which sources were read, and repeats count once") {
  const std::string mail =
      R"({"CreationTime":"2026-11-01T08:00:00","Id":"m","RecordType":50,"Operation":"MailItemsAccessed","Workload":"Exchange","UserId":"a@x","ClientAppId":"e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd","OperationCount":2})";
  const std::string consent = compact_json(value(unified_consent));
  const auto from = read(consent + "\n" + mail + "\n" + mail + "\n" + consent + "\n");
  CHECK(from.snapshot.audits.size() == 1);
  REQUIRE(from.snapshot.mail_accesses.size() == 1);
  CHECK(from.snapshot.mail_accesses[0].items == 2);
  CHECK(state(from, domain::source::audits) == SourceState::read);
  CHECK(state(from, domain::source::mail_accesses) == SourceState::read);
  CHECK(state(from, domain::source::mailbox_changes) == SourceState::absent);
  CHECK(state(from, domain::source::sign_ins) == SourceState::absent);
  // Of the directory audits, although a mail read is older.
  CHECK(from.snapshot.coverage.logs_since == parse_time("2026-11-01T10:00:00Z"));
}

TEST_CASE("log analytics: a sign-in, as diagnostic record and as row") {
  constexpr std::string_view properties = R"({"id":"s","createdDateTime":"2026-11-01T10:00:00Z",
    "appId":"E9A7FEA1-1cc0-4cd9-a31b-9137ca5deedd","appDisplayName":"eM Client","userId":"ada",
    "userPrincipalName":"ada@x","ipAddress":"203.0.113.7","clientAppUsed":"Browser",
    "status":{"errorCode":50126},"location":{"city":"Delft","countryOrRegion":"NL"},
    "resourceId":"res","riskLevelDuringSignIn":"low","riskLevelAggregated":"high","riskState":"atRisk",
    "isInteractive":false,"userAgent":"agent","autonomousSystemNumber":64500,
    "authenticationProtocol":"deviceCode","appOwnerTenantId":"owner"})";
  constexpr std::string_view row = R"({"Type":"AADNonInteractiveUserSignInLogs",
    "TimeGenerated":"2026-11-01T10:00:07Z","CreatedDateTime":"11/1/2026, 10:00:00.000 AM","Id":"s",
    "AppId":"e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd","AppDisplayName":"eM Client","UserId":"ada",
    "UserPrincipalName":"ada@x","IPAddress":"203.0.113.7","ClientAppUsed":"Browser","ResultType":"50126",
    "Status":"{\"errorCode\":50126}","Location":"NL",
    "LocationDetails":"{\"city\":\"Delft\",\"countryOrRegion\":\"NL\"}",
    "ResourceId":"/tenants/t/providers/Microsoft.aadiam","ResourceIdentity":"res",
    "RiskLevelDuringSignIn":"low","RiskLevelAggregated":"high","RiskState":"atRisk",
    "UserAgent":"agent","AutonomousSystemNumber":"64500","AuthenticationProtocol":"deviceCode",
    "AppOwnerTenantId":"owner"})";
  const domain::SignIn expected = sign_in_of(properties);
  CHECK(expected.app_name == "eM Client");
  CHECK(expected.city == "Delft");
  CHECK(expected.risk_level == "low");
  CHECK(expected.as_number == 64500);
  CHECK(expected.protocol == "deviceCode");
  CHECK(sign_in_of(diagnostic(properties, "NonInteractiveUserSignInLogs")) == expected);
  CHECK(sign_in_of(row) == expected);
  const auto bare =
      sign_in_of(R"({"TimeGenerated":"2026-11-01T10:00:00Z","Id":"s","AppId":"a","UserId":"u",
    "IPAddress":"","ResultType":"0","Location":"NL","IsInteractive":"True","Status":""})");
  CHECK(bare.error_code == 0);
  CHECK(bare.country == "NL");
  CHECK(bare.is_interactive == true);
  CHECK(!bare.ip_address);
}

TEST_CASE("log analytics: other categories and applications' sign-ins are passed over") {
  const auto from = read(R"({"records":[)" +
                         diagnostic(R"({"id":"s","appId":"a","userId":"","servicePrincipalId":"sp",
          "createdDateTime":"2026-11-01T10:00:00Z"})",
                                    "ServicePrincipalSignInLogs") +
                         "," + diagnostic(R"({"a":1})", "RiskyUsers") + "," +
                         diagnostic("7", "ProvisioningLogs") +
                         R"(,{"TimeGenerated":"2026-11-01T10:00:00Z","Type":"Heartbeat"}]})");
  REQUIRE(from.warnings.size() == 1);
  CHECK(from.warnings[0].message.starts_with("1 sign-ins of no user"));
  CHECK(state(from, domain::source::sign_ins) == SourceState::read);
  CHECK(state(from, domain::source::audits) == SourceState::absent);
  domain::Snapshot to;
  CHECK(take(to, diagnostic("7")).fate == Fate::refused);
  CHECK(take(to, diagnostic("\"{\"")).fate == Fate::refused);
  CHECK(take(to, diagnostic("{}", "SignInLogs")).fate == Fate::refused);
}

TEST_CASE("formats: a service principal's sign-in in Graph's own list is no bad record") {
  const auto from = read(
      R"([{"id":"s","appId":"a","userId":"","createdDateTime":"2026-11-01T10:00:00Z"},
          {"id":"t","appId":"a","userId":"u","createdDateTime":"2026-11-01T10:00:00Z"}])");
  CHECK(from.snapshot.sign_ins.size() == 1);
  CHECK(from.warnings.size() == 1);
  CHECK(state(from, domain::source::sign_ins) == SourceState::read);
}

TEST_CASE("log analytics: OfficeActivity is read as the unified audit log") {
  domain::Snapshot to;
  const auto taken = take(to, R"({"Type":"OfficeActivity","TimeGenerated":"2026-11-01T10:00:00Z",
    "OfficeId":"m","OfficeWorkload":"Exchange","RecordType":"ExchangeItemAggregated",
    "Operation":"MailItemsAccessed","UserId":"ada@x","Client_IPAddress":"203.0.113.7",
    "ClientAppId":"a","OperationProperties":"[{\"Name\":\"MailAccessType\",\"Value\":\"Bind\"}]",
    "Folders":"[{\"FolderItems\":[{},{}]}]"})");
  CHECK(taken.why.empty());
  REQUIRE(to.mail_accesses.size() == 1);
  CHECK(to.mail_accesses[0].items == 2);
  CHECK(to.mail_accesses[0].ip_address == "203.0.113.7");
}

TEST_CASE("formats: Purview's CSV, newer and older") {
  const auto cell = [](std::string text) {
    for (std::size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2) {
      text.insert(at, 1, '"');
    }
    return "\"" + text + "\"";
  };
  const std::string data = cell(std::string(unified_consent));
  const auto newer =
      read("RecordId,CreationDate,RecordType,Operation,UserId,AuditData\r\nu-1,11/1/2026,8,x,y," +
           data + "\r\nu-2,11/1/2026,8,x,y,\"{\"\r\nu-3,short\r\nu-1,,8,x,y," + data);
  CHECK(newer.snapshot.audits.size() == 1);
  CHECK(newer.snapshot.audits[0] == audit_of(unified_consent));
  REQUIRE(newer.warnings.size() == 2);
  const auto lines = static_cast<std::uint32_t>(std::count(data.begin(), data.end(), '\n'));
  CHECK(newer.warnings[0].position.line == 3 + lines);
  CHECK(newer.warnings[1].position.line == 4 + lines);
  CHECK(state(newer, domain::source::audits) == SourceState::partial);
  const auto older =
      read("\xef\xbb\xbf\"CreationDate\",\"UserIds\",\"Operations\",\"AuditData\"\n1,y,x," + data);
  CHECK(older.snapshot.audits.size() == 1);
  CHECK(state(older, domain::source::audits) == SourceState::read);
  const auto shell = read(
      "\xef\xbb\xbf#TYPE Deserialized.Selected.PSCustomObject\r\n"
      "\"CreationDate\",\"AuditData\"\r\n1," +
      data + "\r\n2,\"{\"\r\n");
  CHECK(shell.snapshot.audits.size() == 1);
  REQUIRE(shell.warnings.size() == 1);
  CHECK(shell.warnings[0].position.line == 4 + lines);
}

TEST_CASE("formats: the CSV of a Log Analytics table") {
  const std::string text =
      "\"TimeGenerated [UTC]\",Id,AppId,UserId,ResultType,Location,LocationDetails\n"
      "\"11/1/2026, 12:00:00.500 "
      "AM\",s1,a,ada,0,NL,\"{\"\"city\"\":\"\"Delft\"\",\"\"countryOrRegion\"\":\"\"NL\"\"}\"\n"
      "\"13/1/2026, 12:00:00.000 AM\",s2,a,ada,0,NL,\n";
  const auto from = read(text);
  REQUIRE(from.snapshot.sign_ins.size() == 1);
  CHECK(from.snapshot.sign_ins[0].time == parse_time("2026-11-01T00:00:00.5Z"));
  CHECK(from.snapshot.sign_ins[0].city == "Delft");
  REQUIRE(from.warnings.size() == 1);
  CHECK(from.warnings[0].position.line == 3);
  const auto bytes =
      read("TimeGenerated,Id,AppId,UserId,ResultType\n2026-11-01T00:00:00Z,s,a,\xff,0\n");
  REQUIRE(bytes.snapshot.sign_ins.size() == 1);
  CHECK(bytes.snapshot.sign_ins[0].user.str() == "\xEF\xBF\xBD");
  const auto local = evidence::read_bytes("x", "TimeGenerated [Local Time],Id\n1,2\n", {});
  REQUIRE(!local);
  CHECK(local.error().hint.find("UTC") != std::string::npos);
}

TEST_CASE("formats: any odd record is refused or passed over, and says why") {
  constexpr std::string_view odd[] = {
      R"({"Operation":"Consent to application.","CreationTime":"yesterday","Id":"x","Workload":"AzureActiveDirectory"})",
      R"({"Operation":"Consent to application.","CreationTime":7,"Id":"x","Workload":"AzureActiveDirectory"})",
      R"({"Operation":".","CreationTime":"2026-11-01T10:00:00","Id":"x","Workload":"AzureActiveDirectory"})",
      R"({"Operation":"Consent to application.","CreationTime":"2026-11-01T10:00:00","Id":null,"Workload":"AzureActiveDirectory"})",
      R"({"Operation":"MailItemsAccessed","CreationTime":"2026-11-01T10:00:00","Id":"x","Workload":"Exchange","UserId":""})",
      R"({"Operation":"New-InboxRule","CreationTime":"2026-11-01T10:00:00","Id":"x","Workload":"Exchange","Parameters":{}})",
      R"({"Type":"SigninLogs","TimeGenerated":"x","Id":"1","AppId":"a","UserId":"u"})",
      R"({"Type":"AuditLogs","TimeGenerated":"2026-11-01T10:00:00Z","TargetResources":7})",
      R"({"EwsAllowedAppIDs":7})",
      R"({"appId":7,"lastSignInActivity":{}})",
      R"([])",
      R"(7)",
  };
  for (const std::string_view text : odd) {
    CAPTURE(text);
    domain::Snapshot to;
    const auto taken = take(to, text);
    CHECK(taken.fate == Fate::refused);
    CHECK(!taken.why.empty());
  }
  // Members of the wrong type are as if they were not there.
  const auto event =
      audit_of(R"({"Operation":"Consent to application.","CreationTime":"2026-11-01T10:00:00",
    "Id":"x","Workload":"AzureActiveDirectory","Actor":{"ID":1},"Target":[7,null,[],{"ID":7,"Type":"2"}],
    "ModifiedProperties":[[],7,{"Name":7}],"ExtendedProperties":"x","ObjectId":{},"ClientIP":[]})");
  CHECK(event.targets.size() == 1);
  CHECK(!event.ip_address);
}

TEST_CASE("formats: who may use EWS, and when applications were last used") {
  domain::Snapshot to;
  take(to, R"({"EwsEnabled":true,"EwsAllowedAppIDs":"B, a ,,a"})");
  REQUIRE(to.organization_config);
  CHECK(to.organization_config->ews_enabled == true);
  CHECK(to.organization_config->ews_allowed ==
        std::vector<domain::AppId>{domain::AppId("B"), domain::AppId("a")});
  take(to, R"({"EwsEnabled":null,"EwsAllowedAppIDs":null})");
  CHECK(!to.organization_config->ews_enabled);
  CHECK(!to.organization_config->ews_allowed);
  take(to, R"({"EwsAllowedAppIDs":["a"]})");
  CHECK(to.organization_config->ews_allowed->size() == 1);
  const auto taken = take(
      to,
      R"({"id":"x","appId":"a","lastSignInActivity":{"lastSignInDateTime":"2026-01-01T00:00:00Z"},
    "delegatedClientSignInActivity":{"lastSignInDateTime":"2026-03-01T00:00:00Z"},
    "applicationAuthenticationClientSignInActivity":{"lastSignInDateTime":"0001-01-01T00:00:00Z"}})");
  CHECK(taken.kind == Kind::app_activity);
  REQUIRE(to.app_activities.size() == 1);
  CHECK(to.app_activities[0].last_used == parse_time("2026-03-01T00:00:00Z"));
}

TEST_CASE("formats: what stays of records with one id does not depend on their order") {
  const std::string poor =
      R"({"id":"s","appId":"a","userId":"u","createdDateTime":"2026-11-01T10:00:00Z"})";
  const std::string rich =
      R"({"id":"s","appId":"a","userId":"u","createdDateTime":"2026-11-01T10:00:00Z","userAgent":"x"})";
  for (const std::string& text : {"[" + poor + "," + rich + "]", "[" + rich + "," + poor + "]"}) {
    const auto from = read(text);
    REQUIRE(from.snapshot.sign_ins.size() == 1);
    CHECK(from.snapshot.sign_ins[0].user_agent == "x");
  }
  const std::string graph = compact_json(value(graph_consent));
  const std::string row = diagnostic(graph);
  for (const std::string& text : {"[" + graph + "," + row + "]", "[" + row + "," + graph + "]"}) {
    const auto from = read(text);
    REQUIRE(from.snapshot.audits.size() == 1);
    CHECK(from.snapshot.audits[0].origin == domain::Origin::graph);
  }
}

TEST_CASE("formats: the captures beside this checkout") {
  const fs::path folder =
      fs::path(CLAWBACK_SOURCE_DIR).parent_path() / "shared" / "reference" / "graph_examples";
  if (!fs::is_directory(folder)) {
    MESSAGE("skipped: no ../shared/reference beside this checkout");
    return;
  }
  std::size_t events = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("capture_") && !name.starts_with("signIn_list_beta")) continue;
    CAPTURE(name);
    const json::value capture = value(*read_file(entry.path()));
    const auto from = read(compact_json(capture.at("responseBody")));
    // One capture was published without the ids of its records.
    CHECK(from.warnings.empty() != (name.find("amended") != std::string::npos));
    events += from.snapshot.audits.size() + from.snapshot.sign_ins.size();
    if (name != "capture_ual_consent_to_application.json") continue;
    REQUIRE(from.snapshot.audits.size() == 1);
    const domain::AuditEvent& event = from.snapshot.audits[0];
    CHECK(event.activity == "Consent to application");
    CHECK(event.actor_user == domain::UserId("e4c722ac-3b83-478d-8f52-c388885dc30f"));
    CHECK(event.app_id == domain::AppId("95106c0e-3519-450e-8e38-7f326d873454"));
    CHECK(event.targets.at(0).id == "21ad62af-992e-4a9f-b6c1-67aa6c8a6eb4");
    CHECK(event.targets.at(0).display_name == "TestApp2");
  }
  CHECK(events >= 8);
}
