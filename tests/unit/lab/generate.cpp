#include <doctest/doctest.h>

#include <set>

#include "base/digest.hpp"
#include "lab/apps.hpp"
#include "lab/ids.hpp"
#include "lab/tenant.hpp"
#include "test_lab.hpp"

using namespace clawback;
using namespace clawback::lab;

namespace {

TenantSpec spec(std::uint64_t seed) {
  TenantSpec made;
  made.seed = seed;
  made.now = test_now();
  return made;
}

const Planted* planted(const Tenant& tenant, std::string_view label) {
  for (const Planted& one : tenant.planted) {
    if (one.label == label) return &one;
  }
  return nullptr;
}

std::string history(const Tenant& tenant) {
  std::string text;
  for (const json::value& record : tenant.directory_audits) text += compact_json(record);
  for (const json::value& record : tenant.sign_ins) text += compact_json(record);
  return sha256_text(text);
}

}  // namespace

TEST_CASE("generation: the same seed gives the same tenant, another seed another") {
  const Tenant a = make_tenant(spec(7));
  const Tenant b = make_tenant(spec(7));
  const Tenant c = make_tenant(spec(8));
  CHECK(state_digest(a) == state_digest(b));
  CHECK(history(a) == history(b));
  CHECK(a.id == b.id);
  CHECK(state_digest(a) != state_digest(c));
}

TEST_CASE("generation: the sizes are what was asked for, besides what is planted") {
  TenantSpec wanted = spec(3);
  wanted.planted = false;
  wanted.users = 30;
  wanted.service_principals = 25;
  wanted.grants = 200;
  const Tenant tenant = make_tenant(wanted);
  CHECK(tenant.users.size() == 30);
  CHECK(tenant.service_principals.size() == 25 + 4 + 2);  // resources, own registrations
  CHECK(tenant.grants.size() >= 200);
  CHECK(tenant.grants.size() <= 212);  // and what daily life adds
  CHECK(tenant.planted.empty());
}

TEST_CASE("generation: exactly five planted cases are abuse") {
  const Tenant tenant = make_tenant(spec(1));
  std::set<std::string> abused;
  for (const Planted& one : tenant.planted) {
    if (one.abused) abused.insert(one.label);
  }
  CHECK(abused ==
        std::set<std::string>{"em-client", "perfectdata", "lookalike", "tenant-wide", "app-role"});
}

TEST_CASE("generation: everything that a planted case names exists") {
  const Tenant tenant = make_tenant(spec(1));
  CHECK(tenant.planted.size() == 12);
  for (const Planted& one : tenant.planted) {
    CAPTURE(one.label);
    REQUIRE(tenant.service_principals.contains(one.service_principal_id));
    CHECK(tenant.service_principals.at(one.service_principal_id).app_id == one.app_id);
    for (const std::string& id : one.grant_ids) {
      REQUIRE(tenant.grants.contains(id));
      CHECK(tenant.grants.at(id).client_id == one.service_principal_id);
    }
    for (const std::string& id : one.assignment_ids) CHECK(tenant.role_assignments.contains(id));
    for (const std::string& id : one.user_ids) CHECK(tenant.users.contains(id));
  }
}

TEST_CASE("generation: only planted cases reach mail") {
  const Tenant tenant = make_tenant(spec(1));
  std::set<std::string> known;
  for (const Planted& one : tenant.planted) known.insert(one.service_principal_id);
  for (const auto& [id, grant] : tenant.grants) {
    if (known.contains(grant.client_id)) continue;
    CHECK_FALSE(grant.scope.contains("Mail"));
    CHECK_FALSE(grant.scope.contains("AccessAsUser"));
  }
}

TEST_CASE("generation: the planted cases are what their labels say") {
  const Tenant tenant = make_tenant(spec(1));
  const auto app = [&](std::string_view label) {
    return tenant.service_principals.at(planted(tenant, label)->service_principal_id);
  };
  CHECK(planted(tenant, "em-client")->user_ids.size() == 2);
  CHECK(planted(tenant, "em-client")->grant_ids.size() == 4);
  CHECK(app("first-party").owner_tenant == microsoft_tenant);
  CHECK(app("in-house").owner_tenant == tenant.id);
  CHECK(planted(tenant, "app-role")->assignment_ids.size() == 2);
  CHECK(tenant.grants.at(planted(tenant, "tenant-wide")->grant_ids.at(0)).principal_id.empty());
  CHECK(string_at(app("lookalike").body.at("verifiedPublisher"), "verifiedPublisherId") ==
        std::nullopt);
  CHECK(app("benign-hostile-name").display_name.contains("\x1b[31m"));
  std::size_t guests = 0;
  for (const auto& [id, user] : tenant.users) guests += user.type == "Guest" ? 1 : 0;
  CHECK(guests > 0);
}

TEST_CASE("generation: history is newest first and in the past") {
  const Tenant tenant = make_tenant(spec(1));
  for (const auto* records : {&tenant.directory_audits, &tenant.sign_ins}) {
    const std::string_view key =
        records == &tenant.sign_ins ? "createdDateTime" : "activityDateTime";
    Time before = test_now();
    for (const json::value& record : *records) {
      const auto time = parse_time(text_of(record, key));
      REQUIRE(time);
      CHECK(*time <= before);
      before = *time;
    }
  }
}

TEST_CASE("generation: a large tenant's history is bounded") {
  TenantSpec wanted = spec(5);
  wanted.users = 2000;
  wanted.service_principals = 2000;
  wanted.grants = 8000;
  const Tenant tenant = make_tenant(wanted);
  CHECK(tenant.grants.size() >= 8000);
  CHECK(tenant.directory_audits.size() < 500);
  CHECK(tenant.sign_ins.size() < 1000);
}

TEST_CASE("digest: what an undo can't restore exactly does not count") {
  const Tenant tenant = make_tenant(spec(1));
  Tenant changed = tenant;
  const std::string grant = planted(tenant, "em-client")->grant_ids.at(0);
  changed.grants.at(grant).scope = changed.grants.at(grant).scope.substr(1);
  const std::string role = planted(tenant, "app-role")->assignment_ids.at(0);
  RoleAssignment again = changed.role_assignments.at(role);
  changed.role_assignments.erase(role);
  again.id = "another";
  changed.role_assignments["another"] = again;
  CHECK(state_digest(changed) == state_digest(tenant));
  changed.grants.erase(grant);
  CHECK(state_digest(changed) != state_digest(tenant));
}
