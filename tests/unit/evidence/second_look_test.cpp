#include "evidence/second_look.hpp"

#include <doctest/doctest.h>

#include "evidence/files.hpp"
#include "unit/graph/lab_rig.hpp"

using namespace clawback;
using namespace clawback::tests;
using domain::SourceState;

namespace {

domain::Snapshot look(LabRig& rig, evidence::Wanted wanted, evidence::LookLimits limits = {}) {
  domain::Snapshot out;
  rig.run(LabRig::As::read,
          [&](graph::Writer& writer, auth::TokenSource&) -> asio::awaitable<void> {
            const auto done = co_await evidence::look_closer(writer.reader(), out, wanted, limits);
            if (!done) FAIL(done.error().message);
          });
  return out;
}

const lab::Planted& planted_in(const lab::Tenant& tenant, std::string_view label) {
  for (const lab::Planted& one : tenant.planted) {
    if (one.label == label) return one;
  }
  FAIL("not planted");
  std::abort();
}

// eM Client, its users, and a guest.
evidence::Wanted wanted_in(LabRig& rig) {
  evidence::Wanted out;
  rig.server->with_tenant([&](lab::Tenant& tenant) {
    const lab::Planted& one = planted_in(tenant, "em-client");
    out.apps.emplace(one.service_principal_id);
    for (const std::string& id : one.user_ids) out.users.emplace(id);
    for (const auto& [id, user] : tenant.users) {
      if (user.type == "Guest" && out.users.size() == 2) out.users.emplace(id);
    }
  });
  out.mailboxes = out.users;
  return out;
}

std::string state_of(const domain::Snapshot& snapshot, std::string_view source) {
  const domain::Source* found = domain::find(snapshot.coverage, source);
  if (found == nullptr) return "-";
  return std::string(domain::name_of(found->state)) + ": " + found->reason.value_or("");
}

lab::Options with_mailboxes() {
  lab::Options out;
  out.mailbox_settings = true;
  return out;
}

lab::Options denying(const std::string& permission) {
  lab::Options out = with_mailboxes();
  out.read_denied = {permission};
  return out;
}

}  // namespace

TEST_CASE("second look: assignments, accounts and inbox rules of whom it concerns") {
  LabRig rig(with_mailboxes());
  const domain::Snapshot seen = look(rig, wanted_in(rig));
  REQUIRE(seen.assignments.size() == 1);
  CHECK(seen.assignments[0].assignments.size() == 2);
  CHECK(seen.users.size() == 3);
  for (const domain::User& user : seen.users) CHECK(user.account_enabled == true);
  REQUIRE(seen.inbox_rules.size() == 2);  // a guest's is elsewhere, so nothing is known of it
  int hiding = 0;
  for (const domain::InboxRules& inbox : seen.inbox_rules) {
    for (const domain::InboxRule& rule : inbox.rules) hiding += rule.hides ? 1 : 0;
  }
  CHECK(hiding == 1);
  CHECK(state_of(seen, domain::source::inbox_rules) == "read: ");
  CHECK(state_of(seen, domain::source::assignments) == "read: ");
}

TEST_CASE("second look: guests' inboxes are not asked for, and not taken for empty") {
  LabRig rig(with_mailboxes());
  evidence::Wanted wanted = wanted_in(rig);
  rig.server->with_tenant([&](lab::Tenant& tenant) {
    std::erase_if(wanted.mailboxes, [&](const domain::UserId& id) {
      return tenant.users.at(id.str()).type != "Guest";
    });
  });
  REQUIRE(wanted.mailboxes.size() == 1);
  const domain::UserId guest = *wanted.mailboxes.begin();
  const domain::Snapshot seen = look(rig, wanted);
  CHECK(domain::find_inbox_rules(seen, guest) == nullptr);
  CHECK(state_of(seen, domain::source::inbox_rules) == "read: ");
}

TEST_CASE("second look: nothing asked for is nothing said") {
  LabRig rig(with_mailboxes());
  const domain::Snapshot seen = look(rig, {});
  CHECK(seen.coverage.sources.empty());
  CHECK(rig.server->seen().empty());
}

TEST_CASE("second look: what is denied is left out, with the permission that is missing") {
  LabRig rig(denying("MailboxSettings.Read"));
  const domain::Snapshot seen = look(rig, wanted_in(rig));
  CHECK(seen.assignments.size() == 1);
  CHECK(seen.inbox_rules.empty());
  CHECK(state_of(seen, domain::source::inbox_rules).find("MailboxSettings.Read") !=
        std::string::npos);
  CHECK_FALSE(domain::was_read(seen.coverage, domain::source::inbox_rules));
}

TEST_CASE("second look: beyond its limit nothing is asked for, and it says so") {
  LabRig rig(with_mailboxes());
  const domain::Snapshot seen = look(rig, wanted_in(rig), {.apps = 0, .users = 1});
  CHECK(seen.inbox_rules.size() == 1);
  CHECK(state_of(seen, domain::source::inbox_rules) == "partial: 2 of 3 were not asked for");
}

TEST_CASE(
    "second look: the evidence document keeps it, and who was not asked about stays unknown") {
  LabRig rig(with_mailboxes());
  domain::Snapshot seen = look(rig, wanted_in(rig));
  seen.tenant = domain::TenantId("t");
  const auto again = evidence::parse_evidence(evidence::evidence_json(seen), {});
  REQUIRE_MESSAGE(again, again.error().message);
  CHECK(again->assignments == seen.assignments);
  CHECK(again->inbox_rules == seen.inbox_rules);
  CHECK(state_of(*again, domain::source::inbox_rules) == "read: ");
  CHECK(domain::find_inbox_rules(*again, domain::UserId("somebody")) == nullptr);
  const auto bytes =
      evidence::read_bytes("e.json", compact_json(evidence::evidence_json(seen)), {});
  REQUIRE(bytes);
  CHECK(bytes->snapshot.inbox_rules == seen.inbox_rules);
  CHECK(state_of(bytes->snapshot, domain::source::assignments) == "read: ");
}

TEST_CASE("second look: in a document by hand, rules may look as Graph prints them") {
  const auto value = parse_json(R"({"inboxRules":[{"userId":"ada","value":[
      {"id":"R=","isEnabled":true,"actions":{"forwardTo":[{"emailAddress":{"address":"x@y"}}]}}]}],
      "users":[]})");
  REQUIRE(value);
  const auto seen = evidence::parse_evidence(*value, {});
  REQUIRE(seen);
  REQUIRE(seen->inbox_rules.size() == 1);
  CHECK(seen->inbox_rules[0].rules[0].forwards);
  for (const std::string_view bad :
       {R"({"inboxRules":{}})", R"({"inboxRules":[{"value":[]}]})",
        R"({"inboxRules":[{"userId":"a"}]})", R"({"inboxRules":[{"userId":"a","value":[{}]}]})",
        R"({"inboxRules":[{"userId":"a","value":[{"id":"R="}]}]})",
        R"({"inboxRules":[{"userId":"a","value":[{"id":"R=","actions":null}]}]})",
        R"({"inboxRules":[{"userId":"a","value":[{"id":"R=","forwards":false}]}]})",
        R"({"appRoleAssignedTo":[{"servicePrincipalId":"a","value":[{"id":"x"}]}]})"}) {
    CAPTURE(bad);
    CHECK_FALSE(evidence::parse_evidence(*parse_json(bad), {}));
  }
}
