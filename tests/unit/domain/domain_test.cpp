#include <doctest/doctest.h>

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
