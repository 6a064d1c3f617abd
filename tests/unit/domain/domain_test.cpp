#include <doctest/doctest.h>

#include <algorithm>

#include "domain/finding.hpp"
#include "domain/permissions.hpp"
#include "domain/snapshot.hpp"

using namespace clawback;
using namespace clawback::domain;

TEST_CASE("permissions: what a scope lets an application do to a mailbox") {
  struct Case {
    std::string_view scope;
    MailReach reach;
  };
  const Case cases[] = {
      {"IMAP.AccessAsUser.All", {.read = true, .write = true}},
      {"imap.accessasuser.all", {.read = true, .write = true}},
      {"EWS.AccessAsUser.All", {.read = true, .write = true, .send = true}},
      {"SMTP.Send", {.send = true}},
      {"Mail.ReadBasic", {.read = true}},
      {"MailboxItem.Export", {.read = true, .exports = true}},
      {"User.Read", {}},
      {"offline_access", {}},
      {"Mail.ReadX", {}},
      {"", {}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.scope);
    CHECK(mail_reach_of_scope(c.scope) == c.reach);
  }
}

TEST_CASE("permissions: app roles reach whole tenants") {
  CHECK(mail_reach_of_app_role("full_access_as_app").any());
  CHECK(mail_reach_of_app_role("Mail.Read") == MailReach{.read = true});
  CHECK_FALSE(mail_reach_of_app_role("User.Read.All").any());
}

TEST_CASE("permissions: ownership comes from the owner tenant alone") {
  const TenantId own("aaaabbbb-0000-cccc-1111-dddd2222eeee");
  ServicePrincipal app;
  app.display_name = "Microsoft Outlook";
  CHECK(ownership_of(app, own) == Ownership::unknown);
  app.owner_tenant = TenantId("f8cdef31-a31e-4b4a-93e4-5f571e91255a");
  CHECK(ownership_of(app, own) == Ownership::microsoft);
  // Third parties register in the consumer tenant: it is not Microsoft.
  app.owner_tenant = TenantId("9188040d-6c67-4c5b-b112-36a304b66dad");
  CHECK(ownership_of(app, own) == Ownership::third_party);
  app.owner_tenant = own;
  CHECK(ownership_of(app, own) == Ownership::own_tenant);
}

TEST_CASE("names: every enumerator reads back") {
  for (const auto kind :
       {ActionKind::disable_app, ActionKind::block_app, ActionKind::revoke_grant,
        ActionKind::remove_app_role, ActionKind::revoke_sessions, ActionKind::enable_app}) {
    CHECK(action_kind_from(name_of(kind)) == kind);
  }
  CHECK(mode_from("auto") == Mode::automatic);
  CHECK_FALSE(mode_from("automatic"));
  CHECK(verdict_from("watch") == Verdict::watch);
  CHECK(is_inverse(ActionKind::restore_grant));
  CHECK_FALSE(is_inverse(ActionKind::revoke_sessions));
}

TEST_CASE("coverage: only a source that was read counts, and it is kept in one order") {
  Coverage coverage;
  record(coverage, {.name = std::string(source::users), .state = SourceState::partial});
  record(coverage, {.name = std::string(source::service_principals), .state = SourceState::read});
  CHECK(was_read(coverage, source::service_principals));
  CHECK_FALSE(was_read(coverage, source::users));
  CHECK_FALSE(was_read(coverage, source::grants));
  CHECK(coverage.sources.front().name == source::service_principals);
  record(coverage, {.name = std::string(source::users), .state = SourceState::read, .records = 3});
  CHECK(coverage.sources.size() == 2);
  CHECK(was_read(coverage, source::users));
}

TEST_CASE("snapshot: normalising sorts and drops repeated records") {
  Snapshot snapshot;
  for (const char* id : {"b", "a", "b"}) snapshot.grants.push_back({.id = GrantId(id)});
  AuditEvent late{.id = RecordId("1")};
  late.time = Time(Duration(5));
  AuditEvent early{.id = RecordId("2")};
  snapshot.audits = {late, early, late};
  normalise(snapshot);
  REQUIRE(snapshot.grants.size() == 2);
  CHECK(snapshot.grants[0].id.str() == "a");
  REQUIRE(snapshot.audits.size() == 2);
  CHECK(snapshot.audits[0].id.str() == "2");
  CHECK(find_user(snapshot, UserId("x")) == nullptr);
}

TEST_CASE(
    "snapshot: repeated rows of one object are united, and never into something more benign") {
  const TenantId own("own");
  const TenantId microsoft("f8cdef31-a31e-4b4a-93e4-5f571e91255a");
  Snapshot all;
  all.tenant = own;
  const auto grant = [&](std::vector<std::string> scopes, ConsentType consent) {
    Grant out{.id = GrantId("g"), .client = ServicePrincipalId("c")};
    out.consent = consent;
    if (consent == ConsentType::principal) out.principal = UserId("ada");
    out.scopes = std::move(scopes);
    all.grants.push_back(out);
  };
  grant({"User.Read"}, ConsentType::principal);
  grant({"Mail.Read", "User.Read"}, ConsentType::all_principals);
  grant({}, ConsentType::principal);
  ServicePrincipal sparse{.id = ServicePrincipalId("c"), .app_id = AppId("app")};
  ServicePrincipal full = sparse;
  full.display_name = "B";
  full.owner_tenant = TenantId("stranger");
  full.account_enabled = true;
  full.verified_publisher = VerifiedPublisher{};
  full.created = Time(Duration(9));
  full.reply_urls = {"https://z", "https://b"};
  ServicePrincipal benign = full;
  benign.display_name = "C";
  benign.owner_tenant = microsoft;
  benign.account_enabled = false;
  benign.verified_publisher = VerifiedPublisher{.id = "1", .display_name = "Known"};
  benign.created = Time(Duration(1));
  benign.reply_urls = {"https://a", "https://b"};
  ServicePrincipal ours = benign;
  ours.owner_tenant = own;
  all.service_principals = {sparse, full, benign, ours};
  User named{.id = UserId("ada"), .user_principal_name = "ada@contoso.example"};
  all.users = {{.id = UserId("ada")}, named, {.id = UserId("bob")}};
  AppRoleAssignment role{.id = AssignmentId("r")};
  role.role_id = "role";
  AppRoleAssignment mail = role;
  mail.value = "Mail.Read";
  AppRoleAssignment harmless = role;
  harmless.value = "A.Read";
  all.app_roles = {role, harmless, mail};

  std::vector<std::size_t> order = {0, 1, 2, 3};
  do {
    Snapshot one = all;
    for (std::size_t i = 0; i < 4; ++i) {
      one.service_principals[i] = all.service_principals[order[i]];
      if (order[3] != 3 || i == 3) continue;
      one.grants[i] = all.grants[order[i]];
      one.users[i] = all.users[order[i]];
      one.app_roles[i] = all.app_roles[order[i]];
    }
    normalise(one);
    REQUIRE(one.grants.size() == 1);
    CHECK(one.grants[0].scopes == std::vector<std::string>{"Mail.Read", "User.Read"});
    CHECK(one.grants[0].consent == ConsentType::all_principals);
    CHECK_FALSE(one.grants[0].principal);
    REQUIRE(one.service_principals.size() == 1);
    const ServicePrincipal& app = one.service_principals[0];
    CHECK(app.display_name == "B");
    CHECK(app.owner_tenant == TenantId("stranger"));
    CHECK(app.account_enabled == true);
    CHECK(app.verified_publisher == VerifiedPublisher{});
    CHECK(app.created == Time(Duration(9)));
    CHECK(app.reply_urls == std::vector<std::string>{"https://a", "https://b", "https://z"});
    REQUIRE(one.users.size() == 2);
    CHECK(one.users[0] == named);
    REQUIRE(one.app_roles.size() == 1);
    CHECK(one.app_roles[0] == mail);
  } while (std::next_permutation(order.begin(), order.end()));
}
