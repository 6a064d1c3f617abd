#include <doctest/doctest.h>

#include <string_view>

#include "crowd.hpp"

using namespace remediate_test;
using journal::Phase;

namespace {

constexpr std::size_t victims = 45;  // three envelopes

using Kind = lab::Fault::Kind;

}  // namespace

TEST_CASE("stages: one begins when all of the one before it is acknowledged") {
  Bench bench;
  plant_crowd(bench, victims);
  const plan::Plan plan = bench.plan({"crowd", "em-client"});
  const auto outcome = bench.execute(plan);
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(journal::all_done(outcome->state));
  const std::vector<std::string> kinds = write_kinds(bench);
  CHECK(kinds.size() == plan.actions.size());
  const auto rank = [](const std::string& kind) {
    return kind == "update" ? 0 : kind == "delete" ? 1 : 2;
  };
  CHECK(std::is_sorted(kinds.begin(), kinds.end(),
                       [&](const auto& a, const auto& b) { return rank(a) < rank(b); }));
  check_each_once(bench, plan);
}

TEST_CASE("stages: envelopes of one stage are under way at the same time, intents before each") {
  lab::Options options;
  options.latency = std::chrono::milliseconds(20);
  Bench bench(options);
  plant_crowd(bench, victims);
  const plan::Plan plan = bench.plan({"crowd"});
  auto settings = bench.settings();
  std::vector<std::string> intents;
  std::set<std::string> at_first_answer;
  settings.on_event = [&](const plan::Action* action, const journal::Event& event) {
    if (action == nullptr || action->kind != domain::ActionKind::revoke_grant) return;
    if (event.kind == journal::EventKind::intent) intents.push_back(action->id);
    if (event.kind == journal::EventKind::answered && at_first_answer.empty())
      at_first_answer = {intents.begin(), intents.end()};
  };
  REQUIRE(bench.execute(plan, settings));
  CHECK(at_first_answer.size() == victims);
}

TEST_CASE("stages: every request has the id that its intent was journalled with") {
  Bench bench;
  plant_crowd(bench, victims);
  const plan::Plan plan = bench.plan({"crowd"});
  REQUIRE(bench.execute(plan));
  std::set<std::string> journalled;
  const journal::Run run = bench.store->runs()->front();
  for (const journal::Event& event : *bench.store->events(run.id)) {
    if (event.kind == journal::EventKind::intent) journalled.insert(event.client_request_id);
  }
  CHECK(journalled.size() == plan.actions.size());
  std::set<std::string> sent;
  for (const lab::Seen& seen : bench.server->seen()) {
    const bool write = seen.method == "PATCH" || seen.method == "DELETE" ||
                       seen.path.ends_with("/revokeSignInSessions");
    if (write) sent.insert(seen.client_request_id);
  }
  CHECK(sent == journalled);
}

TEST_CASE("stages: faults inside an envelope and of whole envelopes") {
  struct Case {
    std::string_view name;
    lab::Fault fault;
    bool all_done;
    int sent_more;  // beyond one request per action
  };
  // Envelopes before the removals': the guards' look, then the removals' looks, three side by side.
  const Case cases[] = {
      {"one of twenty throttled",
       {.kind = Kind::status,
        .operation = "oauth2PermissionGrant_delete",
        .after = 7,
        .status = 429,
        .retry_after = "0.05"},
       true,
       1},
      {"one of twenty throttled, nobody says how long",
       {.kind = Kind::status,
        .operation = "oauth2PermissionGrant_delete",
        .after = 7,
        .status = 429},
       true,
       1},
      {"one of twenty not available",
       {.kind = Kind::status,
        .operation = "user_revokeSignInSessions",
        .after = 3,
        .status = 503,
        .retry_after = "0.05"},
       true,
       1},
      {"one of twenty failed inside the service",
       {.kind = Kind::status,
        .operation = "oauth2PermissionGrant_delete",
        .after = 7,
        .status = 500},
       true,
       1},
      {"one of twenty with a token that ended",
       {.kind = Kind::expired_token, .operation = "oauth2PermissionGrant_delete", .after = 7},
       true,
       1},
      {"one of twenty refused",
       {.kind = Kind::status,
        .operation = "oauth2PermissionGrant_delete",
        .after = 7,
        .status = 403},
       false,
       0},
      {"one look of twenty with a token that ended",
       {.kind = Kind::expired_token, .operation = "oauth2PermissionGrant_get", .after = 7},
       true,
       0},
      {"the answer to an envelope is lost",
       {.kind = Kind::reset_after, .operation = "oauth2PermissionGrant_delete", .after = 7},
       true,
       0},
      {"the answer to an envelope is lost, and one of it did not happen",
       {.kind = Kind::reset_before, .operation = "oauth2PermissionGrant_delete", .after = 7},
       true,
       1},
      {"the answer to an envelope is garbage",
       {.kind = Kind::garbage, .operation = "user_revokeSignInSessions", .after = 7},
       true,
       0},
      {"an envelope never arrives",
       {.kind = Kind::reset_before, .operation = "batch_post", .after = 5},
       true,
       0},
      {"envelopes are throttled",
       {.kind = Kind::status,
        .operation = "batch_post",
        .after = 5,
        .times = 3,
        .status = 429,
        .retry_after = "0.05"},
       true,
       0},
      {"a gateway answers instead",
       {.kind = Kind::status, .operation = "batch_post", .after = 5, .times = 2, .status = 502},
       true,
       0},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Bench bench;
    plant_crowd(bench, victims);
    const plan::Plan plan = bench.plan({"crowd"});
    bench.server->set_faults({c.fault});
    const auto outcome = bench.execute(plan);
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(journal::all_done(outcome->state) == c.all_done);
    CHECK(static_cast<int>(write_kinds(bench).size()) ==
          static_cast<int>(plan.actions.size()) + c.sent_more);
    if (!c.all_done) REQUIRE(journal::all_done(bench.resume()->state));
    check_each_once(bench, plan);
  }
}

TEST_CASE("stages: what changed inside an envelope is left alone, what is gone needs nothing") {
  Bench bench;
  plant_crowd(bench, victims);
  const plan::Plan plan = bench.plan({"crowd"});
  std::vector<std::string> grants;
  for (const plan::Action& action : plan.actions) {
    if (action.kind == domain::ActionKind::revoke_grant) grants.push_back(action.target.id);
  }
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    tenant.grants.at(grants[3]).scope += " Mail.Send";
    tenant.grants.erase(grants[25]);
  });
  const auto outcome = bench.execute(plan);
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(phases(outcome->state)[Phase::skipped] == 1);
  CHECK(phases(outcome->state)[Phase::satisfied] == 1);
  CHECK(write_kinds(bench).size() == plan.actions.size() - 2);
  bench.server->with_tenant([&](lab::Tenant& tenant) { CHECK(tenant.grants.contains(grants[3])); });
}

TEST_CASE("stages: the kill switch is asked before every envelope, and resume goes on") {
  for (int allowed = 0; allowed < 9; ++allowed) {
    CAPTURE(allowed);
    Bench bench;
    plant_crowd(bench, victims);
    const plan::Plan plan = bench.plan({"crowd"});
    auto settings = bench.settings();
    settings.lanes = 1;
    int asked = 0;
    settings.may_send = [&]() -> Result<void> {
      if (asked++ < allowed) return {};
      return Error{.code = Errc::guard, .message = "the kill switch is on"};
    };
    const auto outcome = bench.execute(plan, settings);
    const std::size_t sent = write_kinds(bench).size();
    if (allowed == 8) {
      // Before the run, then one, three and three envelopes.
      CHECK(outcome);
      CHECK(asked == 8);
      continue;
    }
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == Errc::guard);
    CHECK(asked == allowed + 1);
    if (allowed == 0) {
      CHECK(bench.store->runs()->empty());
      CHECK(sent == 0);
      continue;
    }
    CHECK(sent <= 1 + 20 * static_cast<std::size_t>(allowed));
    CHECK(sent < plan.actions.size());
    const auto rest = bench.resume();
    REQUIRE_MESSAGE(rest, rest.error().message);
    CHECK(journal::all_done(rest->state));
    CHECK(write_kinds(bench).size() == plan.actions.size());
    check_each_once(bench, plan);
  }
}

TEST_CASE("stages: an approval that ends between two stages stops the run") {
  Bench bench;
  plant_crowd(bench, victims);
  const plan::Plan plan = bench.plan({"crowd"});
  auto settings = bench.settings();
  std::size_t removed = 0;
  settings.on_event = [&](const plan::Action* action, const journal::Event& event) {
    if (action == nullptr || action->kind != domain::ActionKind::revoke_grant) return;
    if (event.kind == journal::EventKind::answered && ++removed == victims)
      bench.clock_shift = std::chrono::hours(2);
  };
  const auto outcome = bench.execute(plan, settings);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Errc::approval);
  CHECK(write_kinds(bench).size() == 1 + victims);
  bench.clock_shift = Duration{0};
  const auto rest = bench.resume();
  REQUIRE_MESSAGE(rest, rest.error().message);
  CHECK(journal::all_done(rest->state));
  check_each_once(bench, plan);
}

TEST_CASE("stages: a look that is old by the time of sending is taken again") {
  Bench bench;
  plant_crowd(bench, victims);
  const plan::Plan plan = bench.plan({"crowd"});
  auto settings = bench.settings();
  // Every look seems to take longer than it may, until the clock is put right.
  constexpr int slow_for = 20;
  int asked = 0;
  settings.now = [&] {
    asked = std::min(asked + 1, slow_for);
    return system_now() + std::chrono::seconds(asked * 10);
  };
  const auto outcome = bench.execute(plan, settings);
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  std::size_t looks = 0;
  for (const lab::Seen& seen : bench.server->seen()) {
    if (seen.operation == "servicePrincipal_get") ++looks;
  }
  CHECK(looks > 5);  // the guards', several before sending, two after
  CHECK(journal::all_done(outcome->state));
  check_each_once(bench, plan);
}

TEST_CASE("stages: limits that other runs count for are asked under the lease, before anything") {
  Bench bench;
  const plan::Plan plan = bench.plan({"em-client"});
  auto settings = bench.settings();
  bool held = false;
  settings.under_lease = [&]() -> Result<void> {
    held = !bench.store->lease(plan.tenant);
    return Error{.code = Errc::guard, .message = "max_actions within 24 hours"};
  };
  const auto outcome = bench.execute(plan, settings);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Errc::guard);
  CHECK(bench.writes().empty());
  CHECK(bench.store->runs()->empty());
}
