#include <doctest/doctest.h>

#include "bench.hpp"

// The actions on the tenant's own policies, through the lab: done, already so, changed by somebody,
// and undone.
using namespace remediate_test;
using domain::ActionKind;
using journal::Phase;
namespace source = domain::source;

namespace {

const std::string reviewer = "0a0a0a0a-0000-4000-8000-000000000001";

class PolicyBench : public Bench {
 public:
  explicit PolicyBench(lab::Options options = {}) : Bench(std::move(options)) {}

  domain::Snapshot seen() {
    domain::Snapshot out;
    out.tenant = domain::TenantId(server->tenant_id());
    for (const auto name : {source::service_principals, source::authorization_policy,
                            source::permission_grant_policies, source::admin_consent_request_policy,
                            source::conditional_access_policies}) {
      domain::record(out.coverage, {.name = std::string(name), .state = domain::SourceState::read});
    }
    server->with_tenant([&](lab::Tenant& tenant) {
      out.authorization_policy = *graph::parse_authorization_policy(tenant.authorization_policy);
      for (const auto& policy : tenant.permission_grant_policies) {
        out.permission_grant_policies.push_back(*graph::parse_permission_grant_policy(policy));
      }
      out.admin_consent_request_policy =
          *graph::parse_admin_consent_request_policy(tenant.admin_consent_request_policy);
      for (const auto& policy : tenant.conditional_access_policies) {
        out.conditional_access_policies.push_back(*graph::parse_conditional_access_policy(policy));
      }
    });
    return out;
  }

  plan::Plan plan_of(std::vector<ActionKind> kinds,
                     policy::UserConsent consent = policy::UserConsent::managed) {
    policy::Policy policy;
    policy::Rule rule;
    rule.id = "known";
    rule.actions = std::move(kinds);
    policy.rules = {rule};
    policy.consent = {.user_consent = consent,
                      .enable_admin_consent_requests = true,
                      .reviewers = {domain::UserId(reviewer)}};
    policy.managed_client.break_glass = {domain::UserId(reviewer)};
    detect::Judgement judgement;
    judgement.findings = {finding("em-client")};
    return plan::build(seen(), judgement, policy,
                       {.now = system_now(), .id = random_guid(), .tool = "test"});
  }

  remediate::Undo undo_of(const plan::Plan& plan) {
    const journal::Run run = store->runs()->front();
    const journal::RunState state = journal::fold(plan, *store->events(run.id));
    return remediate::undo_plan(run, plan, state,
                                {.now = system_now(), .id = random_guid(), .tool = "test"});
  }

  std::vector<std::string> assigned() {
    return seen().authorization_policy->permission_grant_policies_assigned;
  }
  void assign(const std::string& value) {
    server->with_tenant([&](lab::Tenant& tenant) {
      tenant.authorization_policy.at("defaultUserRolePermissions")
          .at("permissionGrantPoliciesAssigned")
          .as_array()
          .emplace_back(value);
    });
  }
};

const std::vector<ActionKind> all = {ActionKind::restrict_consent,
                                     ActionKind::require_admin_consent,
                                     ActionKind::require_managed_client};

}  // namespace

TEST_CASE("policies: sent as planned and verified; undone to what was there") {
  PolicyBench bench;
  const std::string before = bench.state();
  const auto list = bench.assigned();
  const plan::Plan plan = bench.plan_of(all);
  CHECK(plan.refused.empty());
  REQUIRE(plan.actions.size() == 3);
  const auto outcome = bench.execute(plan);
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(journal::all_done(outcome->state));
  CHECK(bench.writes() == requests(plan));
  // The mail-client policy is gone, the managed one keeps its spelling, owners keep theirs.
  REQUIRE(list.size() == 3);
  CHECK(bench.assigned() == std::vector<std::string>{list[0], list[2]});
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    CHECK(bool_at(tenant.admin_consent_request_policy, "isEnabled") == true);
    CHECK(tenant.conditional_access_policies.size() == 2);
  });
  CHECK(bench.plan_of(all).actions.empty());

  const remediate::Undo undo = bench.undo_of(plan);
  CHECK(undo.left_out.empty());
  REQUIRE(plan::parse(plan::to_text(undo.plan)));
  const auto undone = bench.execute(undo.plan);
  REQUIRE_MESSAGE(undone, undone.error().message);
  CHECK(journal::all_done(undone->state));
  CHECK(bench.assigned() == list);
  // The Conditional Access policy stays, switched off; all else is as it was.
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    REQUIRE(tenant.conditional_access_policies.size() == 2);
    CHECK(string_at(tenant.conditional_access_policies.back(), "state") == "disabled");
    tenant.conditional_access_policies.pop_back();
  });
  CHECK(bench.state() == before);
}

TEST_CASE("policies: what is so already is not sent") {
  PolicyBench bench;
  const plan::Plan plan = bench.plan_of({ActionKind::restrict_consent});
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    auto& list = tenant.authorization_policy.at("defaultUserRolePermissions")
                     .at("permissionGrantPoliciesAssigned")
                     .as_array();
    list.erase(list.begin() + 1);
  });
  const auto outcome = bench.execute(plan);
  REQUIRE(outcome);
  CHECK(outcome->state.actions.at("a1").phase == Phase::satisfied);
  CHECK(bench.writes().empty());
}

TEST_CASE("policies: what somebody changed since the plan is left alone") {
  PolicyBench bench;
  const plan::Plan plan = bench.plan_of(all, policy::UserConsent::none);
  bench.assign("managePermissionGrantsForOwnedResource.chat");
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    tenant.admin_consent_request_policy.as_object()["remindersEnabled"] = true;
  });
  const auto list = bench.assigned();
  const auto outcome = bench.execute(plan);
  REQUIRE(outcome);
  CHECK(outcome->state.actions.at("a1").phase == Phase::skipped);
  CHECK(outcome->state.actions.at("a2").phase == Phase::skipped);
  CHECK(outcome->state.actions.at("a3").phase == Phase::done);
  CHECK(bench.assigned() == list);
}

TEST_CASE("policies: undo leaves alone what somebody changed since the run") {
  PolicyBench bench;
  const plan::Plan plan = bench.plan_of(all, policy::UserConsent::none);
  REQUIRE(bench.execute(plan));
  const remediate::Undo undo = bench.undo_of(plan);
  bench.assign("managePermissionGrantsForSelf.microsoft-user-default-low");
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    tenant.conditional_access_policies.back().at("conditions").at("users").at("excludeUsers") =
        json::array{};
  });
  const auto list = bench.assigned();
  const auto undone = bench.execute(undo.plan);
  REQUIRE(undone);
  CHECK(phases(undone->state) == std::map<Phase, int>{{Phase::done, 1}, {Phase::skipped, 2}});
  CHECK(bench.assigned() == list);
}

TEST_CASE("policies: an answer that is lost makes no second policy") {
  lab::Options options;
  options.faults = {lab::Fault{.kind = lab::Fault::Kind::reset_after,
                               .operation = "conditionalAccessPolicy_create"}};
  PolicyBench bench(std::move(options));
  const auto outcome = bench.execute(bench.plan_of({ActionKind::require_managed_client}));
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(journal::all_done(outcome->state));
  CHECK(bench.seen().conditional_access_policies.size() == 2);
}

TEST_CASE("policies: one request a second and nobody says when: the run waits and gets there") {
  lab::Options options;
  options.throttle = true;
  PolicyBench bench(std::move(options));
  const auto outcome = bench.execute(bench.plan_of({ActionKind::require_managed_client}));
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(bench.seen().conditional_access_policies.size() == 2);
}
