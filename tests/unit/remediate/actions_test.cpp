#include <doctest/doctest.h>

#include <functional>
#include <string_view>

#include "bench.hpp"
#include "evidence/second_look.hpp"
#include "remediate/follow_up.hpp"
#include "remediate/look.hpp"

// The actions on objects, through the lab: done, already so, changed by somebody, and undone.
using namespace remediate_test;
using domain::ActionKind;
using journal::Phase;

namespace {

lab::Options with_mailboxes(lab::Options options) {
  options.mailbox_settings = true;
  return options;
}

class ActionBench : public Bench {
 public:
  explicit ActionBench(lab::Options options = {}) : Bench(with_mailboxes(std::move(options))) {}

  // What a scan and the second look at this case show.
  domain::Snapshot look(const domain::Finding& found) {
    domain::Snapshot seen;
    seen.tenant = domain::TenantId(server->tenant_id());
    for (const std::string_view name :
         {domain::source::service_principals, domain::source::sign_ins}) {
      domain::record(seen.coverage,
                     {.name = std::string(name), .state = domain::SourceState::read});
    }
    evidence::Wanted wanted{.apps = {found.app.id}, .mailboxes = {}, .users = {}};
    for (const domain::Grant& grant : found.grants) {
      if (grant.principal) wanted.users.insert(*grant.principal);
    }
    wanted.mailboxes = wanted.users;
    const auto done =
        with_writer([&](graph::Writer& writer) { return read(writer, seen, wanted); });
    REQUIRE_MESSAGE(done, done.error().message);
    return seen;
  }

  plan::Plan plan_of(const std::string& label, std::vector<ActionKind> kinds) {
    const domain::Finding found = finding(label);
    const domain::Snapshot seen = look(found);
    policy::Policy policy;
    policy::Rule rule;
    rule.id = "known";
    rule.actions = std::move(kinds);
    policy.rules = {rule};
    detect::Judgement judgement;
    judgement.findings = {found};
    return plan::build(seen, judgement, policy,
                       {.now = system_now(), .id = random_guid(), .tool = "test"});
  }

  remediate::Undo undo_of(const plan::Plan& plan) {
    const journal::Run run = store->runs()->front();
    const journal::RunState state = journal::fold(plan, *store->events(run.id));
    return remediate::undo_plan(run, plan, state,
                                {.now = system_now(), .id = random_guid(), .tool = "test"});
  }

  // What a later look at it says.
  std::optional<remediate::Change> change(const plan::Action& action) {
    Result<json::value> now = json::value();
    const auto done =
        with_writer([&](graph::Writer& writer) { return read_again(writer, action, now); });
    REQUIRE_MESSAGE(done, done.error().message);
    return remediate::change_of(action, *now);
  }

 private:
  static http::asio::awaitable<Result<remediate::Outcome>> read_again(graph::Writer& writer,
                                                                      plan::Action action,
                                                                      Result<json::value>& now) {
    now = co_await remediate::look(writer.reader(), action);
    if (!now) co_return now.error();
    co_return remediate::Outcome{};
  }
  static http::asio::awaitable<Result<remediate::Outcome>> read(graph::Writer& writer,
                                                                domain::Snapshot& seen,
                                                                evidence::Wanted wanted) {
    const auto done = co_await evidence::look_closer(writer.reader(), seen, std::move(wanted), {});
    if (!done) co_return done.error();
    co_return remediate::Outcome{};
  }
};

lab::MessageRule& first_rule(lab::Tenant& tenant, const plan::Action& action) {
  const std::string user = action.target.id.substr(0, action.target.id.find('/'));
  return tenant.users.at(user).rules.front();
}

}  // namespace

TEST_CASE("actions: each is sent as planned, verified, and undone to the same state") {
  struct Case {
    std::string_view label;
    ActionKind kind;
    std::size_t actions;
  };
  const Case cases[] = {{"em-client", ActionKind::narrow_grant, 4},
                        {"lookalike", ActionKind::narrow_grant, 1},
                        {"em-client", ActionKind::remove_assignment, 2},
                        {"em-client", ActionKind::disable_user, 2},
                        {"em-client", ActionKind::disable_inbox_rule, 1},
                        {"perfectdata", ActionKind::disable_inbox_rule, 1}};
  for (const Case& c : cases) {
    CAPTURE(c.label);
    CAPTURE(domain::name_of(c.kind));
    ActionBench bench;
    const std::string before = bench.state();
    const plan::Plan plan = bench.plan_of(std::string(c.label), {c.kind});
    CHECK(plan.refused.empty());
    // Of eM Client the grants on Exchange hold nothing harmless; those on Graph hold no mail.
    const std::size_t wanted =
        c.label == "em-client" && c.kind == ActionKind::narrow_grant ? 2 : c.actions;
    REQUIRE(plan.actions.size() == wanted);
    const auto outcome = bench.execute(plan);
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(journal::all_done(outcome->state));
    CHECK(bench.writes() == requests(plan));
    CHECK(bench.state() != before);
    const remediate::Undo undo = bench.undo_of(plan);
    CHECK(undo.left_out.empty());
    REQUIRE(plan::parse(plan::to_text(undo.plan)));
    const auto undone = bench.execute(undo.plan);
    REQUIRE_MESSAGE(undone, undone.error().message);
    CHECK(journal::all_done(undone->state));
    CHECK(bench.state() == before);
  }
}

TEST_CASE("actions: a user's inbox rules come back with what else was taken from that user") {
  ActionBench bench;
  const plan::Plan plan =
      bench.plan_of("perfectdata", {ActionKind::disable_app, ActionKind::disable_inbox_rule});
  const auto outcome = bench.execute(plan);
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  REQUIRE(journal::all_done(outcome->state));
  const std::string& rule = plan.actions.back().target.id;
  const auto of = [&](std::string user) {
    const journal::Run run = bench.store->runs()->front();
    const journal::RunState state = journal::fold(plan, *bench.store->events(run.id));
    return remediate::undo_plan(run, plan, state,
                                {.now = system_now(),
                                 .id = random_guid(),
                                 .tool = "t",
                                 .only_user = std::move(user)})
        .plan.actions;
  };
  const auto back = of(rule.substr(0, rule.find('/')));
  REQUIRE(back.size() == 1);
  CHECK(back.front().kind == ActionKind::enable_inbox_rule);
  CHECK(back.front().target.id == rule);
  CHECK(of("somebody else").empty());
}

TEST_CASE("actions: what is so already is not sent, and not undone") {
  struct Case {
    ActionKind kind;
    std::string_view label;
    std::function<void(lab::Tenant&, const plan::Action&)> make_so;
  };
  const Case cases[] = {
      {ActionKind::narrow_grant, "lookalike",
       [](auto& tenant, const auto& action) {
         tenant.grants.at(action.target.id).scope =
             std::string(action.request.body.at("scope").as_string());
       }},
      {ActionKind::remove_assignment, "em-client",
       [](auto& tenant, const auto& action) { tenant.role_assignments.erase(action.target.id); }},
      {ActionKind::disable_user, "em-client",
       [](auto& tenant, const auto& action) {
         tenant.users.at(action.target.id).account_enabled = false;
       }},
      {ActionKind::disable_inbox_rule, "perfectdata",
       [](auto& tenant, const auto& action) { first_rule(tenant, action).enabled = false; }},
  };
  for (const Case& c : cases) {
    CAPTURE(domain::name_of(c.kind));
    ActionBench bench;
    const plan::Plan plan = bench.plan_of(std::string(c.label), {c.kind});
    REQUIRE_FALSE(plan.actions.empty());
    bench.server->with_tenant([&](lab::Tenant& tenant) { c.make_so(tenant, plan.actions[0]); });
    const auto outcome = bench.execute(plan);
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(outcome->state.actions.at("a1").phase == Phase::satisfied);
    CHECK(journal::all_done(outcome->state));
    CHECK(bench.writes().size() == plan.actions.size() - 1);
    CHECK(bench.undo_of(plan).plan.actions.size() == plan.actions.size() - 1);
  }
}

namespace {

struct Removal {
  ActionKind kind;
  std::string_view label;  // of a planted case
};
constexpr Removal removals[] = {{ActionKind::remove_assignment, "em-client"},
                                {ActionKind::remove_app_role, "app-role"}};

}  // namespace

TEST_CASE("actions: what is assigned again has a new id, and a later look finds it") {
  for (const Removal& c : removals) {
    CAPTURE(domain::name_of(c.kind));
    ActionBench bench;
    const plan::Plan plan = bench.plan_of(std::string(c.label), {c.kind});
    REQUIRE(plan.actions.size() == 2);
    std::map<std::string, lab::RoleAssignment> before;
    bench.server->with_tenant([&](lab::Tenant& tenant) { before = tenant.role_assignments; });
    const auto outcome = bench.execute(plan);
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    const auto again = remediate::to_look_at(plan, outcome->state, {});
    REQUIRE(again.size() == 2);
    for (const plan::Action& action : again) CHECK_FALSE(bench.change(action));
    lab::RoleAssignment role = before.at(plan.actions[0].target.id);
    role.id = random_guid();
    bench.server->with_tenant(
        [&](lab::Tenant& tenant) { tenant.role_assignments.emplace(role.id, role); });
    const auto change = bench.change(again[0]);
    REQUIRE(change);
    CHECK(change->kind == remediate::ChangeKind::re_consent);
    CHECK_FALSE(bench.change(again[1]));
  }
}

TEST_CASE("actions: what somebody changed since the plan is left alone") {
  struct Case {
    std::string_view name;
    ActionKind kind;
    std::string_view label;
    std::function<void(lab::Tenant&, const plan::Action&)> change;
  };
  const Case cases[] = {
      {"wider", ActionKind::narrow_grant, "lookalike",
       [](auto& tenant, const auto& action) {
         tenant.grants.at(action.target.id).scope += " Files.ReadWrite.All";
       }},
      {"narrower", ActionKind::narrow_grant, "lookalike",
       [](auto& tenant, const auto& action) {
         tenant.grants.at(action.target.id).scope = "Mail.Read User.Read";
       }},
      {"gone", ActionKind::narrow_grant, "lookalike",
       [](auto& tenant, const auto& action) { tenant.grants.erase(action.target.id); }},
      {"it forwards elsewhere now", ActionKind::disable_inbox_rule, "perfectdata",
       [](auto& tenant, const auto& action) {
         first_rule(tenant, action).actions = json::object{{"delete", true}};
       }},
      {"a member became a guest", ActionKind::disable_user, "perfectdata",
       [](auto& tenant, const auto& action) { tenant.users.at(action.target.id).type = "Guest"; }},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    ActionBench bench;
    const plan::Plan plan = bench.plan_of(std::string(c.label), {c.kind});
    REQUIRE(plan.actions.size() == 1);
    bench.server->with_tenant([&](lab::Tenant& tenant) { c.change(tenant, plan.actions[0]); });
    const auto outcome = bench.execute(plan);
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(outcome->state.actions.at("a1").phase == Phase::skipped);
    CHECK(bench.writes().empty());
  }
}

TEST_CASE(
    "actions: \"EntitlementGrant … is not found\" on a removal is read back and counts as gone") {
  for (const Removal& c : removals) {
    CAPTURE(domain::name_of(c.kind));
    ActionBench bench;
    const plan::Plan plan = bench.plan_of(std::string(c.label), {c.kind});
    REQUIRE(plan.actions.size() == 2);
    // Somebody removes it between the look and the request, so that the answer is a 400.
    remediate::Settings settings = bench.settings();
    settings.on_event = [&](const plan::Action* action, const journal::Event& event) {
      if (action == nullptr || event.kind != journal::EventKind::intent) return;
      bench.server->with_tenant(
          [&](lab::Tenant& tenant) { tenant.role_assignments.erase(action->target.id); });
    };
    const approval::ApprovedPlan ready = bench.approved(plan);
    const auto outcome = bench.with_writer([&](graph::Writer& writer) {
      return remediate::execute(ready, {bench.yes(plan)}, writer, *bench.store, settings);
    });
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    int refused = 0;
    for (const lab::Seen& seen : bench.server->seen()) {
      if (seen.operation != "servicePrincipal_deleteAppRoleAssignedTo") continue;
      CHECK(seen.status == 400);
      ++refused;
    }
    CHECK(refused == 2);
    CHECK(journal::all_done(outcome->state));
  }
}

TEST_CASE("actions: a create that ignores the flag is followed by a second request that disables") {
  const std::string never_seen = "0f0f0f0f-1111-4222-8333-444455556666";
  for (const bool ignores : {false, true}) {
    CAPTURE(ignores);
    lab::Options options;
    options.create_ignores_disabled = ignores;
    Bench bench(options);
    const plan::Plan plan = bench.plan({}, {never_seen});
    REQUIRE(plan.actions.size() == 2);
    const auto outcome = bench.execute(plan);
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(journal::all_done(outcome->state));
    CHECK(bench.writes().size() == (ignores ? 2 : 1));
    bench.server->with_tenant([&](lab::Tenant& tenant) {
      for (const auto& [id, app] : tenant.service_principals) {
        if (app.app_id == never_seen) CHECK_FALSE(app.account_enabled);
      }
    });
    const journal::Run run = bench.store->runs()->front();
    const journal::RunState state = journal::fold(plan, *bench.store->events(run.id));
    const remediate::Undo undo = remediate::undo_plan(
        run, plan, state, {.now = system_now(), .id = random_guid(), .tool = "test"});
    REQUIRE(undo.plan.actions.size() == 1);
    CHECK(undo.plan.actions[0].kind == ActionKind::enable_app);
    const auto undone = bench.execute(undo.plan);
    REQUIRE_MESSAGE(undone, undone.error().message);
    CHECK(journal::all_done(undone->state));
  }
}

TEST_CASE("actions: a block is confirmed once reads show what was made, however late") {
  const std::string never_seen = "0f0f0f0f-1111-4222-8333-444455556666";
  lab::Options options;
  options.create_ignores_disabled = true;
  options.visibility = std::chrono::milliseconds(250);
  Bench bench(options);
  const auto outcome = bench.execute(bench.plan({}, {never_seen}));
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(journal::all_done(outcome->state));
  CHECK(bench.writes().size() == 2);
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    for (const auto& [id, app] : tenant.service_principals) {
      if (app.app_id == never_seen) CHECK_FALSE(app.account_enabled);
    }
  });
}

TEST_CASE("actions: an application that can't be put here fails with a plain word") {
  const std::string gone = "0f0f0f0f-1111-4222-8333-444455556666";
  lab::Options options;
  options.uncreatable = {gone};
  Bench bench(options);
  const auto outcome = bench.execute(bench.plan({}, {gone}));
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(outcome->state.actions.at("a1").phase == Phase::failed);
  CHECK(outcome->state.actions.at("a1").detail.find("unblockable") != std::string::npos);
  CHECK(outcome->state.actions.at("a2").phase == Phase::skipped);
}
