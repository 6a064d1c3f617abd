#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "evidence/files.hpp"

using namespace clawback;
using domain::SourceState;
namespace fs = std::filesystem;

namespace {

const evidence::FileOptions options{
    .tenant = domain::TenantId("given"), .tenant_name = "", .now = Time{}};

Time at(std::string_view text) { return *parse_time(text); }

// Everything filled, with odd texts, and once with everything left out.
domain::Snapshot full() {
  domain::Snapshot out;
  out.tenant = domain::TenantId("tenant");
  out.tenant_name = "contoso";
  out.observed = at("2026-11-23T03:04:09.123Z");
  domain::ServicePrincipal app;
  app.id = domain::ServicePrincipalId("sp-1");
  app.app_id = domain::AppId("app-1");
  app.display_name = "E\"M\xE2\x80\xAE client\n";
  app.owner_tenant = domain::TenantId("owner");
  app.type = "Application";
  app.account_enabled = false;
  app.disabled_by_microsoft = "NotDisabled";
  app.verified_publisher = domain::VerifiedPublisher{.id = std::nullopt, .display_name = "P"};
  app.created = at("2026-01-01T00:00:00Z");
  app.reply_urls = std::vector<std::string>{"https://a", ""};
  app.homepage = "";
  app.app_roles = {{.id = "role", .value = "Mail.Read"}, {.id = "role2", .value = ""}};
  domain::ServicePrincipal bare;
  bare.id = domain::ServicePrincipalId("sp-2");
  bare.app_id = domain::AppId("app-2");
  out.service_principals = {app, bare};
  out.grants = {{.id = domain::GrantId("g1"),
                 .client = app.id,
                 .resource = bare.id,
                 .consent = domain::ConsentType::principal,
                 .principal = domain::UserId("ada"),
                 .scopes = {"Mail.Read", "openid"}},
                {.id = domain::GrantId("g2"),
                 .client = app.id,
                 .resource = bare.id,
                 .consent = domain::ConsentType::all_principals,
                 .principal = std::nullopt,
                 .scopes = {}}};
  out.app_roles = {{.id = domain::AssignmentId("r1"),
                    .principal = app.id,
                    .resource = bare.id,
                    .role_id = "role",
                    .value = "Mail.Read",
                    .created = at("2026-02-01T00:00:00.5Z")},
                   {.id = domain::AssignmentId("r2"),
                    .principal = app.id,
                    .resource = bare.id,
                    .role_id = "role",
                    .value = std::nullopt,
                    .created = std::nullopt}};
  domain::User ada;
  ada.id = domain::UserId("ada");
  ada.user_principal_name = "ada@contoso.example";
  ada.account_enabled = true;
  ada.type = "Guest";
  ada.sessions_valid_from = at("2026-03-01T00:00:00Z");
  out.users = {ada};
  domain::AuditEvent event;
  event.id = domain::RecordId("e1");
  event.time = at("2026-11-01T00:00:00Z");
  event.activity = "Consent to application";
  event.result = domain::AuditResult::failure;
  event.reason = "because";
  event.correlation_id = "k";
  event.actor_user = domain::UserId("ada");
  event.actor_app = domain::AppId("app-2");
  event.app_id = domain::AppId("app-1");
  event.targets = {{.id = "sp-1",
                    .type = "ServicePrincipal",
                    .display_name = "x",
                    .properties = {{.name = "p", .old_value = "", .new_value = "False"},
                                   {.name = "q", .old_value = "\"quoted\"", .new_value = "[\"a\"]"},
                                   {.name = "r", .old_value = "\"broken", .new_value = " a\nb"}}}};
  domain::AuditEvent plain;
  plain.id = domain::RecordId("e0");
  plain.time = event.time;
  plain.activity = "x";
  plain.actor_user_principal_name = "sync@x";
  plain.origin = domain::Origin::unified_audit;
  plain.ip_address = "2001:db8::1";
  plain.actor_app_name = "Managed Service Identity";
  event.origin = domain::Origin::log_analytics;
  event.actor_display_name = "Azure ESTS Service";
  event.ip_address = "203.0.113.7";
  out.audits = {plain, event};
  domain::SignIn sign_in;
  sign_in.id = domain::RecordId("s1");
  sign_in.time = event.time;
  sign_in.app_id = app.app_id;
  sign_in.user = ada.id;
  sign_in.error_code = 0;
  sign_in.country = "NL";
  domain::SignIn rich = sign_in;
  rich.id = domain::RecordId("s2");
  rich.user_principal_name = "ada@contoso.example";
  rich.app_name = "E\"M";
  rich.ip_address = "203.0.113.7";
  rich.client_app_used = "IMAP4";
  rich.error_code = domain::error_unknown;
  rich.city = "Delft";
  rich.resource = domain::AppId("res");
  rich.risk_level = "hidden";
  rich.risk_state = "atRisk";
  rich.is_interactive = false;
  rich.user_agent = "python-requests/2.31";
  rich.as_number = 4294967295;
  rich.protocol = "deviceCode";
  rich.app_owner = domain::TenantId("owner");
  out.sign_ins = {sign_in, rich};
  out.user_countries = {
      {.user = ada.id, .country = "NL", .first = event.time, .last = at("2026-11-02T00:00:00Z")}};
  out.mail_accesses = {{.id = domain::RecordId("m1"),
                        .first = event.time,
                        .last = at("2026-11-01T20:00:00Z"),
                        .user = ada.id,
                        .mailbox = "ada@contoso.example",
                        .client_app = app.app_id,
                        .app = bare.app_id,
                        .ip_address = "203.0.113.7",
                        .client_info = "Client=REST;\x7f",
                        .records = (std::uint64_t{1} << 53U) - 1,
                        .items = 12,
                        .syncs = 1,
                        .throttled = true}};
  domain::MailAccess little;
  little.id = domain::RecordId("m2");
  little.first = little.last = at("2026-11-02T00:00:00Z");
  little.mailbox = "x";
  out.mail_accesses.push_back(little);
  out.mailbox_changes = {{.id = domain::RecordId("c1"),
                          .time = event.time,
                          .kind = domain::MailboxChangeKind::forwarding,
                          .operation = "Set-Mailbox",
                          .user = ada.id,
                          .mailbox = "ada@contoso.example",
                          .client_app = app.app_id,
                          .ip_address = "203.0.113.7",
                          .rule_name = "..",
                          .forwards = true,
                          .hides = true,
                          .recipients = {"out@evil.example"}},
                         {.id = domain::RecordId("c2"),
                          .time = event.time,
                          .kind = domain::MailboxChangeKind::inbox_rule,
                          .operation = "New-InboxRule",
                          .user = std::nullopt,
                          .mailbox = "x",
                          .client_app = std::nullopt,
                          .ip_address = std::nullopt,
                          .rule_name = std::nullopt,
                          .forwards = false,
                          .hides = false,
                          .recipients = {}}};
  out.app_activities = {{.app_id = app.app_id, .last_used = event.time},
                        {.app_id = bare.app_id, .last_used = std::nullopt}};
  out.organization_config = domain::OrganizationConfig{
      .ews_enabled = false, .ews_allowed = std::vector<domain::AppId>{app.app_id}};
  out.authorization_policy = domain::AuthorizationPolicy{
      .permission_grant_policies_assigned = {"b", "a"}, .allow_user_consent_for_risky_apps = false};
  domain::ConditionSet set;
  set.client_app_ids = {{"all"}};
  set.permissions = std::vector<std::string>();
  set.resource = "any";
  set.type = "delegatedUserConsentable";
  set.verified_publisher_only = false;
  set.others = {"certifiedClientApplicationsOnly"};
  out.permission_grant_policies = {{.id = "p", .display_name = std::nullopt},
                                   {.id = "q",
                                    .display_name = "Q",
                                    .includes = {{set, domain::ConditionSet{}}},
                                    .excludes = std::vector<domain::ConditionSet>()}};
  out.admin_consent_request_policy = domain::AdminConsentRequestPolicy{
      .is_enabled = true,
      .notify_reviewers = false,
      .reminders_enabled = std::nullopt,
      .request_duration_in_days = 5,
      .reviewers = {R"({"query":"/users/u","queryType":"MicrosoftGraph"})", "null"},
      .version = 3,
      .others = {"surprise"}};
  out.conditional_access_policies = {
      {.id = "c",
       .display_name = "C",
       .state = "enabled",
       .rules =
           R"({"conditions":{"users":{"includeUsers":["All"]}},"grantControls":{"operator":"OR"}})"}};
  out.coverage.complete = true;
  out.coverage.logs_since = at("2026-10-24T00:00:00Z");
  domain::record(out.coverage, {.name = "oauth2PermissionGrants",
                                .state = SourceState::partial,
                                .records = 2,
                                .reason = "why"});
  for (const std::string_view name :
       {"servicePrincipals", "appRoleAssignments", "users", "directoryAudits", "signIns",
        "authorizationPolicy", "permissionGrantPolicies", "mailItemsAccessed", "mailboxChanges",
        "servicePrincipalSignInActivities", "organizationConfig", "adminConsentRequestPolicy",
        "conditionalAccessPolicies"}) {
    domain::record(out.coverage, {.name = std::string(name),
                                  .state = SourceState::read,
                                  .records = 1,
                                  .reason = std::nullopt});
  }
  return out;
}

void check_same(const domain::Snapshot& a, const domain::Snapshot& b) {
  CHECK(a.tenant == b.tenant);
  CHECK(a.tenant_name == b.tenant_name);
  CHECK(a.observed == b.observed);
  CHECK(a.service_principals == b.service_principals);
  CHECK(a.grants == b.grants);
  CHECK(a.users == b.users);
  CHECK(a.audits == b.audits);
  CHECK(a.sign_ins == b.sign_ins);
  CHECK(a.authorization_policy == b.authorization_policy);
  CHECK(a.permission_grant_policies == b.permission_grant_policies);
  CHECK(a.app_roles == b.app_roles);
  CHECK(a.user_countries == b.user_countries);
  CHECK(a.mail_accesses == b.mail_accesses);
  CHECK(a.mailbox_changes == b.mailbox_changes);
  CHECK(a.app_activities == b.app_activities);
  CHECK(a.organization_config == b.organization_config);
  CHECK(a.admin_consent_request_policy == b.admin_consent_request_policy);
  CHECK(a.conditional_access_policies == b.conditional_access_policies);
  CHECK(a.coverage == b.coverage);
}

fs::path fresh_folder() {
  std::string name = (fs::temp_directory_path() / "clawback-test-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  return name;
}

}  // namespace

TEST_CASE("evidence: printing and parsing gives the same snapshot") {
  const domain::Snapshot snapshot = full();
  const std::string text = canonical_json(evidence::evidence_json(snapshot));
  const auto parsed = evidence::parse_evidence(*parse_json(text), options);
  REQUIRE(parsed);
  check_same(*parsed, snapshot);
  CHECK(canonical_json(evidence::evidence_json(*parsed)) == text);
  const auto imported = evidence::read_bytes("x", text, options);
  REQUIRE(imported);
  check_same(imported->snapshot, snapshot);
}

TEST_CASE("evidence: nothing at all comes back as nothing") {
  const domain::Snapshot snapshot;
  const auto parsed = evidence::parse_evidence(evidence::evidence_json(snapshot), options);
  REQUIRE(parsed);
  CHECK(parsed->grants.empty());
  CHECK(!parsed->authorization_policy);
}

TEST_CASE("evidence: in a scenario a member that is there was read, one that is not is absent") {
  const auto parsed =
      evidence::parse_evidence(*parse_json(R"({"users":[{"id":"ada"}],"oauth2PermissionGrants":[],
                      "coverage":{"sources":[{"name":"signIns","state":"denied","reason":"no licence"}]}})"),
                               options);
  REQUIRE(parsed);
  CHECK(domain::was_read(parsed->coverage, domain::source::users));
  CHECK(domain::was_read(parsed->coverage, domain::source::grants));
  CHECK(domain::find(parsed->coverage, domain::source::audits)->state == SourceState::absent);
  CHECK(domain::find(parsed->coverage, domain::source::sign_ins)->state == SourceState::denied);
  CHECK(parsed->tenant.str() == "given");
  CHECK(parsed->observed == options.now);
}

TEST_CASE("evidence: unusable documents are refused by name of the member") {
  struct Case {
    std::string_view text;
    std::string_view named;
  };
  const Case cases[] = {
      {R"([])", "object"},
      {R"({"schema":"other/1"})", "other/1"},
      {R"({"users":{}})", "users"},
      {R"({"users":[{"id":"a"},{}]})", "users[1]"},
      {R"({"observed":"yesterday"})", "observed"},
      {R"({"authorizationPolicy":{}})", "authorizationPolicy"},
      {R"({"coverage":{"sources":[{"name":"users","state":"perhaps"}]}})", "state"},
      {R"({"coverage":{"sources":[{"state":"read"}]}})", "name"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto parsed = evidence::parse_evidence(*parse_json(c.text), options);
    REQUIRE(!parsed);
    CHECK(parsed.error().code == Errc::invalid);
    CHECK(parsed.error().message.find(c.named) != std::string::npos);
  }
}

TEST_CASE("save: what is saved is read back, private and sealed by the manifest") {
  const fs::path folder = fresh_folder();
  const auto digest = evidence::save(full(), folder);
  REQUIRE(digest);
  const auto manifest = read_file(folder / "manifest.json");
  REQUIRE(manifest);
  CHECK(*digest == sha256_text(*manifest));
  for (const std::string_view name : {"evidence.json", "manifest.json"}) {
    struct stat status{};
    REQUIRE(stat((folder / name).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
  const auto back = evidence::read_files({folder}, options);
  REQUIRE(back);
  CHECK(back->warnings.empty());
  check_same(back->snapshot, full());

  REQUIRE(write_file(folder / "evidence.json", *read_file(folder / "evidence.json") + " "));
  const auto changed = evidence::read_files({folder}, options);
  REQUIRE(!changed);
  CHECK(changed.error().message.find("sha256") != std::string::npos);
  fs::remove_all(folder);
}

TEST_CASE("save: a folder that is not empty, or a file, is refused") {
  const fs::path folder = fresh_folder();
  REQUIRE(write_file(folder / "mine.txt", "x"));
  CHECK(!evidence::save(full(), folder));
  CHECK(!evidence::save(full(), folder / "mine.txt"));
  CHECK(evidence::save(full(), folder / "new" / "deeper"));
  CHECK(*read_file(folder / "mine.txt") == "x");
  fs::remove_all(folder);
}

TEST_CASE("save: a manifest can't name files elsewhere") {
  const fs::path folder = fresh_folder();
  REQUIRE(write_file(folder / "manifest.json",
                     R"({"schema":"clawback.manifest/1","files":[{"name":"../x","sha256":""}]})"));
  CHECK(!evidence::read_files({folder}, options));
  fs::remove_all(folder);
}
