#include <doctest/doctest.h>

#include <chrono>
#include <string_view>
#include <thread>

#include "crowd.hpp"

// What must hold at the moment a write leaves: it was looked at a moment ago, and it was asked just
// then whether it may be sent.
using namespace remediate_test;
using journal::EventKind;
using journal::Phase;
using namespace std::chrono_literals;

namespace {

using Kind = lab::Fault::Kind;

Error halted() { return {.code = Errc::guard, .message = "the kill switch is on"}; }

// Lists that were read before the last write to what stands in them.
int lists_read_to_write(Bench& bench) {
  int lists = 0;
  int out = 0;
  for (const lab::Seen& seen : bench.server->seen()) {
    const bool in_list = seen.path.find("appRoleAssign") != std::string::npos;
    if (in_list && seen.method == "GET") ++lists;
    if (in_list && seen.method == "DELETE") out = lists;
  }
  return out;
}

// Applications with an application role each, under the labels "roles 0", "roles 1"…; what looks at
// a role reads the list of its application.
std::vector<std::string> plant_roles(Bench& bench, int apps) {
  std::vector<std::string> labels;
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    std::string graph;
    for (const auto& [id, app] : tenant.service_principals) {
      if (app.app_id == lab::graph_app_id) graph = id;
    }
    for (int i = 0; i < apps; ++i) {
      lab::ServicePrincipal app{.id = random_guid(),
                                .app_id = random_guid(),
                                .display_name = "Reads all mail",
                                .owner_tenant = random_guid()};
      lab::Planted planted{.label = "roles " + std::to_string(i),
                           .app_id = app.app_id,
                           .service_principal_id = app.id,
                           .abused = true};
      const lab::RoleAssignment role{.id = random_guid(),
                                     .principal_id = app.id,
                                     .principal_type = "ServicePrincipal",
                                     .resource_id = graph,
                                     .role_id = random_guid()};
      planted.assignment_ids.push_back(role.id);
      tenant.role_assignments.emplace(role.id, role);
      labels.push_back(planted.label);
      tenant.service_principals.emplace(app.id, std::move(app));
      tenant.planted.push_back(std::move(planted));
    }
  });
  return labels;
}

// Of more applications than a policy allows by default.
plan::Plan large_plan(Bench& bench, const std::vector<std::string>& labels) {
  policy::Policy policy;
  policy::Rule rule;
  rule.id = "known";
  rule.actions = {domain::ActionKind::disable_app, domain::ActionKind::remove_app_role};
  policy.rules = {rule};
  policy.max_apps = 1000;
  domain::Snapshot snapshot;
  snapshot.tenant = domain::TenantId(bench.server->tenant_id());
  domain::record(snapshot.coverage, {.name = std::string(domain::source::service_principals),
                                     .state = domain::SourceState::read});
  detect::Judgement judgement;
  for (const std::string& label : labels) judgement.findings.push_back(bench.finding(label));
  return plan::build(snapshot, judgement, policy,
                     {.now = system_now(), .id = random_guid(), .tool = "test"});
}

// A clock that goes `times` as fast, so that a service seems to be as much slower.
remediate::Settings slow_service(Bench& bench, int times) {
  remediate::Settings settings = bench.settings();
  settings.now = [times, begin = system_now()] { return begin + (system_now() - begin) * times; };
  settings.sleep = [times](Duration delay) { return http::sleep_for(delay / times); };
  settings.verify_window = std::chrono::minutes(2);
  return settings;
}

}  // namespace

TEST_CASE("sending: a write whose token was refused is not repeated without asking again") {
  for (const std::size_t envelope : {std::size_t{1}, std::size_t{20}}) {
    CAPTURE(envelope);
    Bench bench;
    plant_crowd(bench, 2);
    const plan::Plan plan = bench.plan({"crowd"});
    bench.server->set_faults(
        {{.kind = Kind::expired_token,
          .operation = envelope == 1 ? "oauth2PermissionGrant_delete" : "batch_post",
          // The guards' look, and that of the two grants.
          .after = envelope == 1 ? 0 : 2}});
    auto settings = bench.settings();
    settings.envelope = envelope;
    settings.lanes = 1;
    int asked = 0;
    settings.may_send = [&]() -> Result<void> {
      // For the run, for the application, and for the first envelope of the removals.
      if (++asked <= 3) return {};
      return halted();
    };
    const auto outcome = bench.execute(plan, settings);
    REQUIRE(!outcome);
    CHECK(outcome.error().code == Errc::guard);
    bench.server->with_tenant([&](lab::Tenant& tenant) {
      for (const plan::Action& action : plan.actions) {
        if (action.kind == domain::ActionKind::revoke_grant)
          CHECK(tenant.grants.contains(action.target.id));
      }
    });
    const auto rest = bench.resume();
    REQUIRE_MESSAGE(rest, rest.error().message);
    CHECK(journal::all_done(rest->state));
    check_each_once(bench, plan);
  }
}

TEST_CASE("sending: a token that ends between the look and the write means another look") {
  lab::Options options;
  options.token_life = 2s;  // used for one
  Bench bench(options);
  const plan::Plan plan = bench.plan({"em-client"});
  auto settings = bench.settings();
  int intents = 0;
  settings.on_event = [&](const plan::Action*, const journal::Event& event) {
    if (event.kind != EventKind::intent) return;
    if (++intents == 1) std::this_thread::sleep_for(1100ms);
  };
  SUBCASE("and asking again whether it may be sent") {
    int asked = 0;
    settings.may_send = [&]() -> Result<void> { return ++asked <= 2 ? Result<void>() : halted(); };
    const auto outcome = bench.execute(plan, settings);
    REQUIRE(!outcome);
    CHECK(outcome.error().code == Errc::guard);
    CHECK(bench.writes().empty());
    const journal::Run run = bench.store->runs()->front();
    const journal::RunState state = journal::fold(plan, *bench.store->events(run.id));
    CHECK(state.actions.at("a1").unknown == 0);
  }
  SUBCASE("and then it is sent") {
    const auto outcome = bench.execute(plan, settings);
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(journal::all_done(outcome->state));
    CHECK(bench.writes().size() == plan.actions.size());
  }
}

TEST_CASE("sending: each kind of refusal has its own patience") {
  struct Case {
    std::string_view name;
    std::vector<lab::Fault> faults;
    bool done;
  };
  const auto fault = [](int status, int times) {
    return lab::Fault{
        .kind = Kind::status,
        .operation = "servicePrincipal_update",
        .times = times,
        .status = status,
        .retry_after = status == 429 ? std::optional<std::string>("0.01") : std::nullopt};
  };
  const lab::Fault signed_out{
      .kind = Kind::expired_token, .operation = "servicePrincipal_update", .times = 3};
  const Case cases[] = {
      {"throttled six times, then in somebody's way", {fault(429, 6), fault(409, 1)}, true},
      {"throttled six times, then with an old token", {fault(429, 6), signed_out}, true},
      {"in somebody's way, with an old token, throttled",
       {fault(409, 3), signed_out, fault(429, 6)},
       true},
      {"always in somebody's way", {fault(429, 6), fault(409, 5)}, false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Bench bench;
    const plan::Plan plan = bench.plan({"em-client"});
    bench.server->set_faults(c.faults);
    const auto outcome = bench.execute(plan);
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(journal::all_done(outcome->state) == c.done);
  }
}

TEST_CASE("sending: the lists that one envelope needs are read side by side") {
  lab::Options options;
  // It seems: 2 s. Twenty lists take 40 in a row and 6 side by side, half of them less than 5.
  options.latency = 50ms;
  Bench bench(options);
  const plan::Plan plan = large_plan(bench, plant_roles(bench, 20));
  const auto outcome = bench.execute(plan, slow_service(bench, 40));
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(plan.actions.size() == 40);
  CHECK(journal::all_done(outcome->state));
  // Side by side each is read once and some twice. One after the other, all but the last two are
  // too old by the end: 58.
  const int lists = lists_read_to_write(bench);
  CHECK(lists >= 20);
  CHECK(lists < 45);
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    for (const plan::Action& action : plan.actions) {
      if (action.kind == domain::ActionKind::remove_app_role)
        CHECK_FALSE(tenant.role_assignments.contains(action.target.id));
    }
  });
}

TEST_CASE("sending: what found no connection never left, and is looked at and sent again") {
  Bench bench;
  const plan::Plan plan = bench.plan({"em-client"});
  int tried = 0;
  int tries = 0;
  bench.no_way = [&](const http::Request& request) {
    return request.method == "PATCH" && ++tried <= tries;
  };
  SUBCASE("until there is one") {
    tries = 10;  // more often than the transport tries by itself
    const auto outcome = bench.execute(plan);
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(tried == 11);
    CHECK(journal::all_done(outcome->state));
    CHECK(outcome->state.actions.at("a1").intents == 2);
    CHECK(bench.writes().size() == plan.actions.size());
  }
  SUBCASE("and left to resume if there is none") {
    tries = 100'000;
    const auto outcome = bench.execute(plan);
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(bench.writes().empty());
    const journal::ActionState& first = outcome->state.actions.at("a1");
    CHECK(first.phase == Phase::skipped);
    CHECK(first.unread);
    CHECK(first.intents == 20);
    CHECK(first.unknown == 0);
    bench.no_way = nullptr;
    const auto rest = bench.resume();
    REQUIRE_MESSAGE(rest, rest.error().message);
    CHECK(journal::all_done(rest->state));
  }
}

TEST_CASE("sending: what no look is fresh enough for is said, and left to resume") {
  Bench bench;
  const plan::Plan plan = bench.plan({"em-client"});
  auto settings = bench.settings();
  Duration passed{0};
  settings.now = [&] { return system_now() + (passed += 6s); };
  const auto outcome = bench.execute(plan, settings);
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(bench.writes().empty());
  const journal::ActionState& first = outcome->state.actions.at("a1");
  CHECK(first.phase == Phase::skipped);
  CHECK(first.unread);
  CHECK(first.detail.find("too old") != std::string::npos);
  CHECK_FALSE(journal::settled(outcome->state));
  for (const auto& [id, action] : outcome->state.actions) {
    CAPTURE(id);
    CHECK(action.phase == Phase::skipped);
  }
  const auto rest = bench.resume();
  REQUIRE_MESSAGE(rest, rest.error().message);
  CHECK(journal::all_done(rest->state));
}
