#include <doctest/doctest.h>

#include <string_view>

#include "bench.hpp"

using namespace remediate_test;
using journal::Phase;

namespace {

const std::string never_seen = "0f0f0f0f-1111-4222-8333-444455556666";

lab::Options with_fault(lab::Fault fault) {
  lab::Options out;
  out.faults = {std::move(fault)};
  return out;
}

// How often an effect took place, per user.
int revocations(Bench& bench, const std::string& user) {
  int out = 0;
  bench.server->with_tenant([&](lab::Tenant& tenant) { out = tenant.users.at(user).revocations; });
  return out;
}

}  // namespace

TEST_CASE("execute: sends exactly the plan's requests, in order, and verifies each") {
  Bench bench;
  const plan::Plan plan = bench.plan({"em-client", "app-role"}, {never_seen});
  const auto outcome = bench.execute(plan);
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(journal::all_done(outcome->state));
  // The new object is disabled already, so that the second request of a block is not sent.
  std::vector<std::string> wanted;
  for (const plan::Action& action : plan.actions) {
    if (action.kind == domain::ActionKind::confirm_block) continue;
    wanted.push_back(action.request.method + " " + action.request.path);
  }
  CHECK(bench.writes() == wanted);
  for (const plan::Action& action : plan.actions) {
    if (action.target.kind == "user") CHECK(revocations(bench, action.target.id) == 1);
  }
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    CHECK_FALSE(tenant.service_principals.at(plan.actions[0].target.id).account_enabled);
    for (const plan::Action& action : plan.actions)
      CHECK_FALSE(tenant.grants.contains(action.target.id));
  });
}

TEST_CASE("execute: undo brings the tenant back to where it was") {
  Bench bench;
  const std::string before = bench.state();
  const plan::Plan plan = bench.plan({"em-client", "tenant-wide", "app-role"});
  REQUIRE(bench.execute(plan));
  CHECK(bench.state() != before);
  const journal::Run run = bench.store->runs()->front();
  const journal::RunState state = journal::fold(plan, *bench.store->events(run.id));
  const remediate::Undo undo = remediate::undo_plan(
      run, plan, state, {.now = system_now(), .id = random_guid(), .tool = "test"});
  REQUIRE(plan::parse(plan::to_text(undo.plan)));
  for (const std::string& left : undo.left_out)
    CHECK(left.find("revoke-sessions") != std::string::npos);
  const auto undone = bench.execute(undo.plan);
  REQUIRE_MESSAGE(undone, undone.error().message);
  CHECK(journal::all_done(undone->state));
  CHECK(bench.state() == before);
}

TEST_CASE("execute: what changed since the plan is left alone and said") {
  Bench bench;
  const plan::Plan plan = bench.plan({"em-client"});
  std::string wider;
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    for (const plan::Action& action : plan.actions) {
      if (action.kind != domain::ActionKind::revoke_grant) continue;
      wider = action.target.id;
      tenant.grants.at(wider).scope += " Files.ReadWrite.All";
      break;
    }
  });
  const auto outcome = bench.execute(plan);
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(phases(outcome->state)[Phase::skipped] == 1);
  CHECK_FALSE(journal::all_done(outcome->state));
  bench.server->with_tenant([&](lab::Tenant& tenant) { CHECK(tenant.grants.contains(wider)); });
}

TEST_CASE("execute: what is so already is not sent") {
  Bench bench;
  const plan::Plan plan = bench.plan({"em-client"});
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    tenant.service_principals.at(plan.actions[0].target.id).account_enabled = false;
  });
  const auto outcome = bench.execute(plan);
  REQUIRE(outcome);
  CHECK(outcome->state.actions.at("a1").phase == Phase::satisfied);
  CHECK(journal::all_done(outcome->state));
  CHECK(bench.writes().size() == plan.actions.size() - 1);
}

TEST_CASE("execute: a service principal that turns out to be Microsoft's stops everything") {
  Bench bench;
  const plan::Plan plan = bench.plan({"em-client"});
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    tenant.service_principals.at(plan.actions[0].target.id).owner_tenant =
        "f8cdef31-a31e-4b4a-93e4-5f571e91255a";
  });
  const auto outcome = bench.execute(plan);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Errc::guard);
  CHECK(bench.writes().empty());
  CHECK(bench.store->runs()->empty());
}

TEST_CASE("execute: a block is about what has the application id by now") {
  for (const bool microsofts : {false, true}) {
    CAPTURE(microsofts);
    Bench bench;
    const std::string app_id = "0f0f0f0f-1111-4222-8333-444455556666";
    const plan::Plan plan = bench.plan({}, {app_id});
    REQUIRE(plan.actions.front().kind == domain::ActionKind::block_app);
    bench.server->with_tenant([&](lab::Tenant& tenant) {
      lab::ServicePrincipal app{.id = random_guid(),
                                .app_id = app_id,
                                .display_name = "Came meanwhile",
                                .owner_tenant = random_guid()};
      if (microsofts) app.owner_tenant = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";
      tenant.service_principals.emplace(app.id, app);
    });
    const auto outcome = bench.execute(plan);
    CHECK(bool(outcome) == !microsofts);
    if (!outcome) CHECK(outcome.error().code == Errc::guard);
    CHECK(bench.store->runs()->empty() == microsofts);
    if (microsofts) CHECK(bench.writes().empty());
  }
}

TEST_CASE(
    "execute: a plan over its limits, expired or used before is refused before anything is sent") {
  Bench bench;
  plan::Plan over = bench.plan({"em-client"});
  over.breaches = {{.limit = "max_apps", .allowed = 0, .planned = 1}};
  plan::seal(over);
  CHECK(bench.execute(over).error().code == Errc::guard);
  bench.clock_shift = std::chrono::hours(25);
  CHECK(bench.execute(bench.plan({"em-client"})).error().code == Errc::stale);
  bench.clock_shift = Duration{0};
  CHECK(bench.writes().empty());
  const plan::Plan plan = bench.plan({"em-client"});
  REQUIRE(bench.execute(plan));
  CHECK(bench.execute(plan).error().code == Errc::stale);
}

TEST_CASE("execute: faults of the service, and what is left when it is over") {
  struct Case {
    std::string_view name;
    lab::Options options;
    bool all_done;
    int sent_more;  // writing requests beyond one per action
  };
  using Kind = lab::Fault::Kind;
  lab::Options late;
  late.visibility = std::chrono::milliseconds(250);
  const Case cases[] = {
      {"the answer to a removal is lost",
       with_fault({.kind = Kind::reset_after, .operation = "oauth2PermissionGrant_delete"}), true,
       0},
      {"the answer to a revocation is lost",
       with_fault({.kind = Kind::reset_after, .operation = "user_revokeSignInSessions"}), true, 0},
      {"a removal never arrives",
       with_fault({.kind = Kind::reset_before, .operation = "oauth2PermissionGrant_delete"}), true,
       1},
      {"throttled, with a time",
       with_fault({.kind = Kind::status,
                   .operation = "servicePrincipal_update",
                   .times = 2,
                   .status = 429,
                   .retry_after = "0.01"}),
       true, 2},
      {"not available, with a time",
       with_fault({.kind = Kind::status,
                   .operation = "servicePrincipal_update",
                   .status = 503,
                   .retry_after = "0.01"}),
       true, 1},
      {"reads show writes late", late, true, 0},
      {"one removal is refused",
       with_fault(
           {.kind = Kind::status, .operation = "oauth2PermissionGrant_delete", .status = 403}),
       false, 0},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Bench bench(c.options);
    const plan::Plan plan = bench.plan({"em-client"});
    const auto outcome = bench.execute(plan);
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(journal::all_done(outcome->state) == c.all_done);
    CHECK(static_cast<int>(bench.writes().size()) ==
          static_cast<int>(plan.actions.size()) + c.sent_more);
    for (const plan::Action& action : plan.actions) {
      if (action.target.kind == "user") CHECK(revocations(bench, action.target.id) == 1);
    }
  }
}

TEST_CASE("execute: a refused action is tried again by resume") {
  Bench bench(with_fault({.kind = lab::Fault::Kind::status,
                          .operation = "oauth2PermissionGrant_delete",
                          .status = 403}));
  const plan::Plan plan = bench.plan({"em-client"});
  const auto first = bench.execute(plan);
  REQUIRE(first);
  CHECK(phases(first->state)[Phase::failed] == 1);
  const auto second = bench.resume();
  REQUIRE_MESSAGE(second, second.error().message);
  CHECK(journal::all_done(second->state));
}

TEST_CASE("execute: without the first step nothing else is done to the application") {
  Bench bench(with_fault(
      {.kind = lab::Fault::Kind::status, .operation = "servicePrincipal_update", .status = 403}));
  const plan::Plan plan = bench.plan({"em-client"});
  const auto outcome = bench.execute(plan);
  REQUIRE(outcome);
  CHECK(outcome->state.actions.at("a1").phase == Phase::failed);
  CHECK(phases(outcome->state)[Phase::skipped] == static_cast<int>(plan.actions.size()) - 1);
  CHECK(bench.writes().size() == 1);
}

TEST_CASE(
    "execute: a service principal that is not the application that the plan names stops "
    "everything") {
  Bench bench;
  const plan::Plan plan = bench.plan({"em-client"});
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    tenant.service_principals.at(plan.actions[0].target.id).app_id = never_seen;
  });
  CHECK(bench.execute(plan).error().code == Errc::guard);
  CHECK(bench.writes().empty());
}

TEST_CASE("execute: what others did after a refusal is not claimed, and undo leaves it alone") {
  Bench bench(with_fault({.kind = lab::Fault::Kind::status,
                          .operation = "oauth2PermissionGrant_delete",
                          .status = 403}));
  const plan::Plan plan = bench.plan({"perfectdata"});
  REQUIRE(bench.execute(plan));
  std::string refused;
  const journal::Run run = bench.store->runs()->front();
  for (const auto& [id, action] : journal::fold(plan, *bench.store->events(run.id)).actions) {
    if (action.phase == Phase::failed) refused = id;
  }
  REQUIRE_FALSE(refused.empty());
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    for (const plan::Action& action : plan.actions) tenant.grants.erase(action.target.id);
  });
  const auto second = bench.resume();
  REQUIRE_MESSAGE(second, second.error().message);
  CHECK(second->state.actions.at(refused).phase == Phase::satisfied);
  const remediate::Undo undo = remediate::undo_plan(
      run, plan, second->state, {.now = system_now(), .id = random_guid(), .tool = "test"});
  for (const plan::Action& action : undo.plan.actions) CHECK(action.because.finding != refused);
  CHECK(undo.left_out.front().find(refused) == 0);
}

TEST_CASE("execute: a read that fails leaves an action that was never sent to resume") {
  Bench bench;
  const plan::Plan plan = bench.plan({"perfectdata"});
  bench.server->set_faults({{.kind = lab::Fault::Kind::status,
                             .operation = "oauth2PermissionGrant_get",
                             .status = 400}});
  const auto first = bench.execute(plan);
  REQUIRE_MESSAGE(first, first.error().message);
  CHECK(phases(first->state)[Phase::skipped] == 1);
  const auto second = bench.resume();
  REQUIRE_MESSAGE(second, second.error().message);
  CHECK(journal::all_done(second->state));
}

TEST_CASE(
    "execute: an answer of 500 is no answer: the effect is looked for before anything is sent "
    "again") {
  Bench bench(with_fault(
      {.kind = lab::Fault::Kind::status, .operation = "user_revokeSignInSessions", .status = 500}));
  const plan::Plan plan = bench.plan({"perfectdata"});
  const auto outcome = bench.execute(plan);
  REQUIRE_MESSAGE(outcome, outcome.error().message);
  CHECK(journal::all_done(outcome->state));
  CHECK(bench.writes().size() == plan.actions.size() + 1);
}

TEST_CASE("undo: a journal that was widened puts nothing back") {
  Bench bench;
  const plan::Plan plan = bench.plan({"perfectdata"});
  REQUIRE(bench.execute(plan));
  const journal::Run run = bench.store->runs()->front();
  journal::RunState state = journal::fold(plan, *bench.store->events(run.id));
  for (auto& [id, action] : state.actions) {
    if (json::array* scopes = action.observed.as_object()["scopes"].if_array())
      scopes->emplace_back("Mail.Send");
  }
  const remediate::Undo undo = remediate::undo_plan(
      run, plan, state, {.now = system_now(), .id = random_guid(), .tool = "test"});
  for (const plan::Action& action : undo.plan.actions)
    CHECK(action.kind != domain::ActionKind::restore_grant);
}

TEST_CASE("execute: an approval that ends stops the run, and a new one goes on") {
  Bench bench;
  const plan::Plan plan = bench.plan({"em-client"});
  const approval::ApprovedPlan ready = bench.approved(plan);
  auto settings = bench.settings();
  int records = 0;
  settings.on_event = [&](const plan::Action*, const journal::Event&) {
    if (++records == 5) bench.clock_shift = std::chrono::hours(2);
  };
  const auto outcome = bench.with_writer([&](graph::Writer& writer) {
    return remediate::execute(ready, {}, writer, *bench.store, settings);
  });
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Errc::approval);
  CHECK(bench.writes().size() < plan.actions.size());
  bench.clock_shift = Duration{0};
  const auto second = bench.resume();
  REQUIRE_MESSAGE(second, second.error().message);
  CHECK(journal::all_done(second->state));
}

namespace {

// A disk that is full after so many records.
class FullDisk final : public journal::Store {
 public:
  FullDisk(journal::Store& inner, int records) : inner_(inner), left_(records) {}
  Result<std::unique_ptr<journal::Lease>> lease(const std::string& tenant) override {
    return inner_.lease(tenant);
  }
  Result<void> start(const journal::Run& run) override { return inner_.start(run); }
  Result<void> append(const std::string& run, const std::vector<journal::Event>& events) override {
    left_ -= static_cast<int>(events.size());
    if (left_ < 0) return Error{.code = Errc::io, .message = "disk full"};
    return inner_.append(run, events);
  }
  Result<journal::Run> run(const std::string& id) override { return inner_.run(id); }
  Result<std::vector<journal::Event>> events(const std::string& run) override {
    return inner_.events(run);
  }
  Result<std::vector<journal::Run>> runs() override { return inner_.runs(); }
  Result<std::vector<journal::RunMark>> run_marks() override { return inner_.run_marks(); }
  Result<std::vector<plan::Action>> sent_since(const std::string& tenant, Time from) override {
    return inner_.sent_since(tenant, from);
  }
  Result<void> reject(const std::string& plan, const std::string& envelope) override {
    return inner_.reject(plan, envelope);
  }
  Result<std::vector<std::string>> rejections(const std::string& plan) override {
    return inner_.rejections(plan);
  }
  Result<std::optional<journal::Halt>> halted() override { return inner_.halted(); }
  Result<void> halt(const journal::Halt& halt) override { return inner_.halt(halt); }
  Result<void> release(const std::string& who, const std::string& reason, Time time) override {
    return inner_.release(who, reason, time);
  }
  Result<void> use_approval(const std::string& nonce, const std::string& run,
                            const std::string& approver, bool break_glass, Time time) override {
    return inner_.use_approval(nonce, run, approver, break_glass, time);
  }
  Result<std::vector<journal::UsedApproval>> approvals_since(Time from) override {
    return inner_.approvals_since(from);
  }
  Result<void> note(const journal::AuditNote& note) override { return inner_.note(note); }
  Result<std::vector<journal::AuditNote>> notes(const std::string& kind,
                                                const std::string& run) override {
    return inner_.notes(kind, run);
  }
  Result<journal::Head> head() override { return inner_.head(); }
  Result<std::vector<journal::LogRow>> log(const std::string& run, std::size_t limit) override {
    return inner_.log(run, limit);
  }
  Result<journal::Verified> verify_chain(const std::optional<std::string>& head) override {
    return inner_.verify_chain(head);
  }

 private:
  journal::Store& inner_;
  int left_;
};

}  // namespace

TEST_CASE("execute: stopped at every journal record and resumed, each effect takes place once") {
  for (int records = 0;; ++records) {
    CAPTURE(records);
    Bench bench;
    const plan::Plan plan = bench.plan({"perfectdata"});
    FullDisk disk(*bench.store, records);
    const auto first = bench.execute(plan, &disk);
    if (first) break;
    REQUIRE(first.error().code == Errc::io);
    const auto second = bench.resume();
    REQUIRE_MESSAGE(second, second.error().message);
    CHECK(journal::all_done(second->state));
    for (const plan::Action& action : plan.actions) {
      if (action.target.kind == "user") CHECK(revocations(bench, action.target.id) == 1);
    }
    bench.server->with_tenant([&](lab::Tenant& tenant) {
      CHECK_FALSE(tenant.service_principals.at(plan.actions[0].target.id).account_enabled);
    });
    REQUIRE(records < 100);
  }
}
