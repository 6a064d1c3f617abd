#include <doctest/doctest.h>

#include <string_view>

#include "crowd.hpp"

using namespace remediate_test;
using journal::EventKind;
using journal::Phase;

namespace {

using Kind = lab::Fault::Kind;

// A clock that goes as fast as it is slept; what happens meanwhile is up to the test.
struct Fast {
  explicit Fast(Bench& on) : bench(on) {
    settings.verify_window = std::chrono::minutes(10);
    settings.verify_gap = std::chrono::seconds(30);
    settings.sleep = [this](Duration delay) -> http::asio::awaitable<void> {
      bench.clock_shift += delay;
      slept.push_back(delay);
      if (while_asleep) while_asleep();
      co_return;
    };
    settings.on_event = [this](const plan::Action* action, const journal::Event& event) {
      if (action != nullptr) events.emplace_back(action->id, event.kind);
    };
  }
  Result<remediate::Outcome> execute(const plan::Plan& plan) {
    const approval::ApprovedPlan ready = bench.approved(plan);
    return bench.with_writer([&](graph::Writer& writer) {
      return remediate::execute(ready, {}, writer, *bench.store, settings);
    });
  }
  [[nodiscard]] int count(EventKind kind) const {
    return static_cast<int>(std::count_if(events.begin(), events.end(),
                                          [&](const auto& event) { return event.second == kind; }));
  }

  Bench& bench;
  remediate::Settings settings = bench.settings();
  std::vector<Duration> slept;
  std::function<void()> while_asleep;
  std::vector<std::pair<std::string, EventKind>> events;
};

// The first grant that the plan removes, as it was.
lab::Grant first_grant(Bench& bench, const plan::Plan& plan) {
  lab::Grant out;
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    for (const plan::Action& action : plan.actions) {
      if (action.kind != domain::ActionKind::revoke_grant) continue;
      out = tenant.grants.at(action.target.id);
      return;
    }
  });
  return out;
}

}  // namespace

TEST_CASE("verify: two reads half a minute apart, and each effect is journalled once") {
  Bench bench;
  plant_crowd(bench, 25);
  const plan::Plan plan = bench.plan({"crowd"});
  Fast fast(bench);
  const auto outcome = fast.execute(plan);
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(journal::all_done(outcome->state));
  CHECK(fast.count(EventKind::verified) == static_cast<int>(plan.actions.size()));
  const auto longest = *std::max_element(fast.slept.begin(), fast.slept.end());
  CHECK(longest > std::chrono::seconds(29));
  std::map<std::string, int> gets;
  for (const lab::Seen& seen : bench.server->seen()) {
    if (seen.method == "GET" && seen.path.find("/servicePrincipals/") == std::string::npos)
      ++gets[seen.path];
  }
  CHECK(gets.size() == plan.actions.size() - 1);
  // Before sending and twice after.
  for (const auto& [path, count] : gets) CHECK(count == 3);
}

TEST_CASE("verify: an effect that shows and then does not is not believed") {
  Bench bench;
  const plan::Plan plan = bench.plan({"perfectdata"});
  const lab::Grant grant = first_grant(bench, plan);
  Fast fast(bench);
  int naps = 0;
  const auto meddle = [&](bool there) {
    bench.server->with_tenant([&](lab::Tenant& tenant) {
      if (there) tenant.grants.insert_or_assign(grant.id, grant);
      if (!there) tenant.grants.erase(grant.id);
    });
  };
  SUBCASE("it comes back and goes again: verified in the end") {
    fast.while_asleep = [&] { meddle(++naps == 1); };
    const auto outcome = fast.execute(plan);
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(journal::all_done(outcome->state));
    CHECK(naps > 2);
    CHECK(fast.count(EventKind::verified) == static_cast<int>(plan.actions.size()));
  }
  SUBCASE("it stays: unverified when the window is over, and nothing is sent for it again") {
    fast.while_asleep = [&] { meddle(true); };
    const auto outcome = fast.execute(plan);
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(phases(outcome->state)[Phase::unverified] == 1);
    CHECK(write_kinds(bench).size() == plan.actions.size());
    CHECK(bench.clock_shift >= std::chrono::minutes(10));
    CHECK(bench.clock_shift < std::chrono::minutes(11));
    meddle(false);
    bench.clock_shift = Duration{0};
    const auto rest = bench.resume();
    REQUIRE_MESSAGE(rest, rest.error().message);
    CHECK(journal::all_done(rest->state));
    CHECK(write_kinds(bench).size() == plan.actions.size());
  }
}

TEST_CASE("verify: effects that never show end unverified, and a late resume finds them") {
  lab::Options options;
  options.visibility = std::chrono::hours(24);
  Bench bench(options);
  const plan::Plan plan = bench.plan({"perfectdata"});
  Fast fast(bench);
  const auto outcome = fast.execute(plan);
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(phases(outcome->state)[Phase::unverified] == static_cast<int>(plan.actions.size()));
  CHECK(write_kinds(bench).size() == plan.actions.size());
  // Touching the tenant shows everything.
  bench.server->with_tenant([](lab::Tenant& tenant) {
    tenant.service_principals.begin()->second.account_enabled ^= true;
    tenant.grants.begin()->second.scope += " openid";
  });
  bench.clock_shift = Duration{0};
  const auto rest = bench.resume();
  REQUIRE_MESSAGE(rest, rest.error().message);
  CHECK(journal::all_done(rest->state));
  CHECK(write_kinds(bench).size() == plan.actions.size());
}

TEST_CASE("verify: a request that may be lost is sent again at once only if it does no harm") {
  struct Case {
    std::string_view name;
    std::string operation;
    bool at_once;
  };
  const Case cases[] = {
      {"ending sessions", "user_revokeSignInSessions", true},
      {"disabling an application", "servicePrincipal_update", true},
      {"removing a grant, which may be a new one by then", "oauth2PermissionGrant_delete", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Bench bench;
    const plan::Plan plan = bench.plan({"perfectdata"});
    bench.server->set_faults({{.kind = Kind::reset_before, .operation = c.operation}});
    Fast fast(bench);
    const auto outcome = fast.execute(plan);
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(journal::all_done(outcome->state));
    CHECK(write_kinds(bench).size() == plan.actions.size() + 1);
    CHECK((bench.clock_shift >= fast.settings.verify_window) == !c.at_once);
    check_each_once(bench, plan);
  }
}

TEST_CASE("verify: a lost removal is not sent at a grant that somebody widened meanwhile") {
  Bench bench;
  const plan::Plan plan = bench.plan({"perfectdata"});
  lab::Grant grant = first_grant(bench, plan);
  bench.server->set_faults(
      {{.kind = Kind::reset_after, .operation = "oauth2PermissionGrant_delete"}});
  Fast fast(bench);
  grant.scope += " Mail.Send";
  // A new consent, under the same id.
  fast.while_asleep = [&] {
    bench.server->with_tenant(
        [&](lab::Tenant& tenant) { tenant.grants.insert_or_assign(grant.id, grant); });
  };
  const auto outcome = fast.execute(plan);
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(write_kinds(bench).size() == plan.actions.size());
  CHECK(fast.count(EventKind::drifted) == 1);
  bench.server->with_tenant([&](lab::Tenant& tenant) { CHECK(tenant.grants.contains(grant.id)); });
}

TEST_CASE("verify: a lost request that worked is ours, though its repeat was refused") {
  lab::Options options;
  options.visibility = std::chrono::milliseconds(300);
  Bench bench(options);
  const plan::Plan plan = bench.plan({"perfectdata"});
  const std::string before = bench.state();
  bench.server->set_faults(
      {{.kind = Kind::reset_after, .operation = "servicePrincipal_update"},
       {.kind = Kind::status, .operation = "servicePrincipal_update", .times = 20, .status = 403}});
  const auto outcome = bench.execute(plan);
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(outcome->state.actions.at("a1").phase == Phase::done);
  CHECK(outcome->state.actions.at("a1").intents == 2);
  CHECK(journal::all_done(outcome->state));
  bench.server->set_faults({});
  const journal::Run run = bench.store->runs()->front();
  const remediate::Undo undo = remediate::undo_plan(
      run, plan, outcome->state, {.now = system_now(), .id = random_guid(), .tool = "test"});
  const auto undone = bench.execute(undo.plan);
  REQUIRE_MESSAGE(undone, undone.error().message);
  CHECK(bench.state() == before);
}

TEST_CASE("verify: an effect shows late though its repeat was refused: it is waited for") {
  lab::Options options;
  options.visibility = std::chrono::hours(24);
  Bench bench(options);
  const plan::Plan plan = bench.plan({"perfectdata"});
  bench.server->set_faults(
      {{.kind = Kind::reset_after, .operation = "servicePrincipal_update"},
       {.kind = Kind::status, .operation = "servicePrincipal_update", .times = 20, .status = 403}});
  Fast fast(bench);
  int naps = 0;
  SUBCASE("until it shows") {
    fast.while_asleep = [&] {
      if (++naps != 4) return;
      // Touching the tenant shows everything.
      bench.server->with_tenant([&](lab::Tenant& tenant) {
        for (auto& [id, app] : tenant.service_principals) {
          if (id == plan.actions[0].target.id) continue;
          app.account_enabled ^= true;
          return;
        }
      });
    };
    const auto outcome = fast.execute(plan);
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(naps >= 4);
    CHECK(outcome->state.actions.at("a1").phase == Phase::done);
    CHECK(outcome->state.actions.at("a1").intents == 2);
  }
  SUBCASE("for as long as effects take") {
    const auto outcome = fast.execute(plan);
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(outcome->state.actions.at("a1").phase == Phase::intended);
    CHECK(outcome->state.actions.at("a1").intents == 2);
    CHECK(bench.clock_shift >= fast.settings.verify_window);
    CHECK(bench.clock_shift < fast.settings.verify_window + std::chrono::minutes(1));
  }
}

TEST_CASE("verify: what may have been sent is not called unsent because it waits for another") {
  Bench bench;
  const plan::Plan plan = bench.plan({"perfectdata"});
  const journal::Run run{.id = "r",
                         .tenant = plan.tenant,
                         .plan_digest = plan.digest,
                         .plan_text = plan::to_text(plan),
                         .started = system_now()};
  REQUIRE(bench.store->start(run));
  const plan::Action& removal = plan.actions.at(1);
  REQUIRE(removal.kind == domain::ActionKind::revoke_grant);
  // It left after the application was disabled, which somebody else has taken back.
  REQUIRE(bench.store->append("r", {{.kind = EventKind::intent,
                                     .time = system_now(),
                                     .action = removal.id,
                                     .observed = removal.precondition.before}}));
  bench.server->with_tenant([&](lab::Tenant& tenant) { tenant.grants.erase(removal.target.id); });
  bench.server->set_faults(
      {{.kind = Kind::status, .operation = "servicePrincipal_update", .times = 20, .status = 403}});
  const auto outcome = bench.resume();
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(outcome->state.actions.at("a1").phase == Phase::failed);
  CHECK(outcome->state.actions.at(removal.id).phase == Phase::done);
}

TEST_CASE("verify: what waited for a lost request is sent once that shows its effect") {
  Bench bench;
  const plan::Plan plan = bench.plan({"app-role", "perfectdata"});
  // Its effect is there, and so is everything after it.
  bench.server->set_faults({{.kind = Kind::reset_after, .operation = "servicePrincipal_update"}});
  Fast fast(bench);
  const auto outcome = fast.execute(plan);
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(journal::all_done(outcome->state));
  CHECK(bench.clock_shift < std::chrono::minutes(2));
  CHECK(write_kinds(bench).size() == plan.actions.size());
}
