#include <doctest/doctest.h>

#include "domain/permissions.hpp"
#include "evidence/files.hpp"
#include "evidence/live.hpp"
#include "unit/graph/lab_rig.hpp"

using namespace clawback;
using namespace clawback::tests;
using domain::SourceState;
using Kind = lab::Fault::Kind;

namespace {

const std::vector<std::string> all_roles = {"Application.Read.All",        "Directory.Read.All",
                                            "AuditLog.Read.All",           "Policy.Read.All",
                                            "Policy.Read.PermissionGrant", "Organization.Read.All"};

std::vector<std::string> without(std::initializer_list<std::string_view> taken) {
  std::vector<std::string> out = all_roles;
  std::erase_if(out, [&](const std::string& role) {
    return std::find(taken.begin(), taken.end(), role) != taken.end();
  });
  return out;
}

Result<domain::Snapshot> collect(LabRig& rig) {
  Result<domain::Snapshot> out = domain::Snapshot{};
  rig.run(LabRig::As::read,
          [&](graph::Writer& writer, auth::TokenSource&) -> asio::awaitable<void> {
            evidence::LiveOptions options;
            options.tenant = domain::TenantId(rig.server->tenant_id());
            options.now = system_now();
            options.since = *parse_duration("30d");
            out = co_await evidence::collect(writer.reader(), options);
          });
  return out;
}

std::string state_of(const domain::Snapshot& snapshot, std::string_view source) {
  const domain::Source* found = domain::find(snapshot.coverage, source);
  if (found == nullptr) return "-";
  return std::string(domain::name_of(found->state)) + ": " + found->reason.value_or("");
}

}  // namespace

TEST_CASE("collection: the lab's tenant as it is") {
  LabRig rig;
  const auto snapshot = collect(rig);
  if (!snapshot) FAIL(snapshot.error().message);
  for (const domain::Source& source : snapshot->coverage.sources) {
    if (source.reason == "not asked for: read it from an export") continue;
    CAPTURE(source.name);
    if (source.state == SourceState::absent) {
      CHECK(source.reason->starts_with("Graph does not give it"));
      continue;
    }
    CHECK(state_of(*snapshot, source.name) == "read: ");
    CHECK(source.records > 0);
  }
  rig.server->with_tenant([&](lab::Tenant& tenant) {
    CHECK(snapshot->grants.size() == tenant.grants.size());
    CHECK(snapshot->service_principals.size() == tenant.service_principals.size());
    for (const lab::Planted& planted : tenant.planted) {
      CAPTURE(planted.label);
      for (const std::string& id : planted.grant_ids) {
        const auto found =
            std::find_if(snapshot->grants.begin(), snapshot->grants.end(),
                         [&](const domain::Grant& grant) { return grant.id.str() == id; });
        REQUIRE(found != snapshot->grants.end());
        CHECK(!found->scopes.empty());
      }
      for (const std::string& id : planted.assignment_ids) {
        const auto found = std::find_if(
            snapshot->app_roles.begin(), snapshot->app_roles.end(),
            [&](const domain::AppRoleAssignment& role) { return role.id.str() == id; });
        REQUIRE(found != snapshot->app_roles.end());
        CHECK(found->value);
      }
      for (const std::string& id : planted.user_ids) {
        CHECK(domain::find_user(*snapshot, domain::UserId(id)) != nullptr);
      }
    }
  });
  for (const std::string_view activity :
       {"Add service principal credentials", "Add application", "Update application "}) {
    CAPTURE(activity);
    CHECK(std::any_of(
        snapshot->audits.begin(), snapshot->audits.end(),
        [&](const domain::AuditEvent& event) { return event.activity.starts_with(activity); }));
  }
  const std::string text = canonical_json(evidence::evidence_json(*snapshot));
  const auto back = evidence::parse_evidence(*parse_json(text), {});
  REQUIRE(back);
  CHECK(canonical_json(evidence::evidence_json(*back)) == text);
}

TEST_CASE("collection: what is missing is said of each source") {
  struct Case {
    std::string_view name;
    lab::Options options;
    std::string_view source;
    std::string_view state;
    std::string_view reason;
  };
  const auto roles = [](std::vector<std::string> given) {
    lab::Options options;
    options.read_roles = std::move(given);
    return options;
  };
  const auto fault = [](lab::Fault one) {
    lab::Options options;
    options.faults = {std::move(one)};
    return options;
  };
  lab::Options not_premium;
  not_premium.tenant.premium = false;
  const Case cases[] = {
      {"no Directory.Read.All: grants", roles(without({"Directory.Read.All"})),
       domain::source::grants, "denied", "Directory.Read.All"},
      {"no Directory.Read.All: apps still read", roles(without({"Directory.Read.All"})),
       domain::source::service_principals, "read", ""},
      {"no AuditLog.Read.All: sign-ins", roles(without({"AuditLog.Read.All"})),
       domain::source::sign_ins, "denied", "AuditLog.Read.All"},
      {"no AuditLog.Read.All, Directory.Read.All: audits",
       roles(without({"AuditLog.Read.All", "Directory.Read.All"})), domain::source::audits,
       "denied", "AuditLog.Read.All"},
      {"no Policy.Read.All", roles(without({"Policy.Read.All"})),
       domain::source::authorization_policy, "denied", "Policy.Read.All"},
      {"no Policy.Read.PermissionGrant", roles(without({"Policy.Read.PermissionGrant"})),
       domain::source::permission_grant_policies, "denied", "Policy.Read.PermissionGrant"},
      {"not premium", not_premium, domain::source::sign_ins, "denied", "needs Entra ID P1"},
      {"beta refused: v1.0 is read instead",
       fault({.kind = Kind::status, .operation = "signIn_list_beta", .times = -1, .status = 403}),
       domain::source::sign_ins, "partial", "v1.0: no non-interactive sign-ins"},
      {"not premium: activities", not_premium, domain::source::app_activities, "denied",
       "needs Entra ID P1"},
      {"users refused",
       fault({.kind = Kind::status, .operation = "user_get", .times = -1, .status = 403}),
       domain::source::users, "denied", "User.Read.All"},
      {"audits cut each time",
       fault({.kind = Kind::truncate, .operation = "directoryAudit_list", .times = -1}),
       domain::source::audits, "partial", "directoryAudit_list"},
      {"apps garbage",
       fault({.kind = Kind::garbage, .operation = "servicePrincipal_list", .times = -1}),
       domain::source::service_principals, "partial", "unusable page"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    LabRig rig(c.options);
    const auto snapshot = collect(rig);
    if (!snapshot) FAIL(snapshot.error().message);
    const std::string state = state_of(*snapshot, c.source);
    CAPTURE(state);
    CHECK(state.starts_with(std::string(c.state) + ":"));
    CHECK(state.find(c.reason) != std::string::npos);
  }
}

TEST_CASE("collection: the lab's limits are kept without losing anything") {
  lab::Options options;
  options.throttle = true;
  options.tenant.users = 30;
  LabRig rig(options);
  const auto snapshot = collect(rig);
  if (!snapshot) FAIL(snapshot.error().message);
  CHECK(domain::was_read(snapshot->coverage, domain::source::grants));
  CHECK(domain::was_read(snapshot->coverage, domain::source::service_principals));
}
