#include "cli/apply_approvals.hpp"
#include "house_place.hpp"
#include "unit/approval/entra.hpp"

using namespace clawback;
using namespace clawback::cli;
using namespace clawback::cli::test_house;
using namespace std::chrono_literals;

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

void append(const Place& place, const std::string& file, const std::string& envelope) {
  REQUIRE(append_envelope(file + ".approvals", envelope, place.context));
}

// Dana's no by signing in, as `reject --sign-in` writes it; its keys go with `keep_keys` only.
std::string no_of_dana(Place& place, const plan::Plan& plan, journal::Store& store,
                       bool keep_keys) {
  const auto& issuer = approval::test::issuer();
  place.config.login = {.host = "login.example", .port = 443};
  const auto no = statement_of(plan, approval::Decision::reject, "Dana");
  json::object claims = approval::test::Issuer::claims(approval::sign_in_nonce(no), now, account);
  claims["iss"] = place.config.login.url() + "/" + tenant + "/v2.0";
  claims["aud"] = *place.config.approve_client_id;
  claims["tid"] = tenant;
  const auto registry = place.config.registry({{tenant, {issuer.jwks()}}});
  const auto envelope = approval::seal_token(no, Secret(issuer.token(claims)), registry, now);
  REQUIRE_MESSAGE(envelope, envelope.error().message);
  if (keep_keys) REQUIRE(record_keys(registry, plan.digest, store, now));
  return *envelope;
}

}  // namespace

TEST_CASE("house: a no that holds closes the plan, however it was signed") {
  Place place;
  keep_pass(place, scan(1));
  const auto store = test::store_in(place.folder);
  const plan::Plan plan = plan_of();
  const std::string file = leave(place, plan);
  const std::string no = no_of_dana(place, plan, *store, true);
  append(place, file, no);
  const auto house = place.open();
  const auto seen = house->plan(plan.id);
  REQUIRE_MESSAGE(seen, seen.error().message);
  REQUIRE(seen->signed_by.size() == 1);
  CHECK(has(seen->closed, "rejected by Dana: I looked"));
  CHECK(has(house->plans()->views.front().closed, "rejected by Dana"));
  using enum approval::Decision;
  const auto yes = house->statement(plan.id, approve, place.dana(), "why", now);
  REQUIRE_FALSE(yes);
  CHECK(yes.error().code == Errc::approval);
  CHECK(house->statement(plan.id, reject, place.dana(), "why", now));
  // The database's word is enough, whoever lost the file, and also if it can't be checked.
  for (const bool checkable : {true, false}) {
    const plan::Plan other = plan_of();
    leave(place, other);
    REQUIRE(store->reject(other.digest, no_of_dana(place, other, *store, checkable)));
    CHECK(has(house->plan(other.id)->closed, "the plan was rejected"));
  }
}

TEST_CASE("house: after a no to an undo, a new one is made") {
  Place place;
  keep_pass(place, scan(1));
  const plan::Plan used = plan_of(now + 24h, true);
  const plan::Action& action = used.actions.front();
  const auto store = test::store_in(place.folder);
  journal::Run run = test::run_of("run-1", used.digest, plan::to_text(used));
  run.tenant = tenant;
  REQUIRE(store->start(run));
  using enum journal::EventKind;
  REQUIRE(store->append("run-1",
                        {event(intent, "a1", action.precondition.before), event(answered, "a1"),
                         event(verified, "a1", action.postcondition.after), event(ended, "")}));
  const auto house = place.open();
  const auto first = house->undo("run-1", place.dana(), now);
  REQUIRE_MESSAGE(first, first.error().message);
  CHECK(*house->undo("run-1", place.dana(), now) == *first);
  const auto view = house->plan(*first);
  REQUIRE(view);
  append(place, view->file, signed_by_eve(place, view->plan, approval::Decision::reject));
  const auto second = house->undo("run-1", place.dana(), now);
  REQUIRE(second);
  CHECK(*second != *first);
  CHECK(house->plan(*second)->closed.empty());
  CHECK(*house->undo("run-1", place.dana(), now) == *second);
}

TEST_CASE("house: an approval holds here as long as apply lets it hold") {
  Place place;
  keep_pass(place, scan(1));
  plan::Plan plan = plan_of();
  plan.approval_expires = 1h;
  plan::seal(plan);
  const std::string file = leave(place, plan);
  const auto house = place.open();
  const auto seen = [&](Time issued, Time expires) {
    std::filesystem::remove(file + ".approvals");
    auto yes = statement_of(plan, approval::Decision::approve);
    yes.issued = issued;
    yes.expires = expires;
    append(place, file, signed_by_eve(place, yes));
    return *house->plan(plan.id);
  };
  const auto good = seen(now, now + 20h);
  REQUIRE(good.signed_by.size() == 1);
  CHECK(good.signed_by.front().expires == now + 1h);
  CHECK(has(seen(now - 2h, now + 20h).unusable.at(0), "ended on"));
  CHECK(has(seen(now + 6min, now + 20h).unusable.at(0), "still to come"));
  CHECK(seen(now + 4min, now + 20h).signed_by.size() == 1);
}

TEST_CASE("house: a broken glass is enough alone where apply takes it") {
  Place place;
  keep_pass(place, scan(1));
  const auto house = place.open();
  const auto seen = [&](bool contains, bool asked) {
    plan::Plan plan = plan_of(now + 24h, contains);
    if (asked) plan.requested_by = "Eve";
    plan::seal(plan);
    auto yes = statement_of(plan, approval::Decision::approve);
    yes.break_glass = true;
    append(place, leave(place, plan), signed_by_eve(place, yes));
    return *house->plan(plan.id);
  };
  const auto contains = seen(true, false);
  CHECK(contains.alone == "Eve");
  CHECK(contains.uncounted.empty());
  CHECK(contains.signed_by.size() == 1);
  // Whoever asked may break the glass, and still is nobody of the quorum.
  const auto own = seen(true, true);
  CHECK(own.alone == "Eve");
  CHECK(own.uncounted.contains("Eve"));
  CHECK(own.signed_by.size() == 1);
  const auto other = seen(false, false);
  CHECK(other.alone.empty());
  CHECK(other.signed_by.size() == 1);
  const auto neither = seen(false, true);
  CHECK(neither.alone.empty());
  CHECK(neither.signed_by.empty());
  CHECK(has(neither.unusable.at(0), "asked for this plan"));
  // The day's only one was used.
  const auto store = test::store_in(place.folder);
  REQUIRE(store->use_approval("n1", "run-1", "Dana", true, now - 1h));
  const auto late = seen(true, true);
  CHECK(late.alone.empty());
  CHECK(late.unusable.size() == 1);
}

TEST_CASE("house: a plan or a file of signatures that can't be read hides no other plan") {
  Place place;
  keep_pass(place, scan(1));
  leave(place, plan_of());
  const plan::Plan large = plan_of();
  const std::string file = leave(place, large);
  REQUIRE(write_file(file + ".approvals", std::string((4u << 20u) + 1, 'x')));
  const auto folder = plans_folder(*place.config.database);
  REQUIRE(write_file(folder / "aaa.json", "{"));
  const auto house = place.open();
  const auto plans = house->plans();
  REQUIRE_MESSAGE(plans, plans.error().message);
  REQUIRE(plans->views.size() == 2);
  for (const console::PlanView& view : plans->views) {
    CHECK(view.closed.empty() == (view.plan.id != large.id));
  }
  REQUIRE(plans->unreadable.size() == 1);
  CHECK(has(plans->unreadable.front(), "aaa.json"));
  const console::Health health = house->health();
  CHECK(health.unreadable.size() == 1);
  CHECK(health.waiting_plans == 2);
  CHECK(health.problem.empty());
  CHECK(has(house->plan("aaa").error().hint, "can't be read"));
  // A folder that can't be listed is no plan that is gone.
  std::filesystem::remove_all(folder);
  REQUIRE(write_file(folder, "no folder"));
  CHECK(house->plan(large.id).error().code == Errc::io);
  CHECK_FALSE(house->health().waiting_plans);
}

TEST_CASE("house: what can't be read is not known") {
  Place place;
  keep_pass(place, scan(1));
  {
    const auto house = place.open();
    const console::Health health = house->health();
    REQUIRE(health.halted);
    CHECK_FALSE(*health.halted);
    CHECK(health.open_runs == 0);
    CHECK(health.waiting_plans == 0);
    CHECK(health.head);
    CHECK(health.problem.empty());
  }
  for (const char* end : {"-wal", "-shm"}) {
    std::filesystem::remove(place.config.database->string() + end);
  }
  REQUIRE(write_file(*place.config.database, std::string(8192, 'x')));
  const auto house = place.open();
  const console::Health health = house->health();
  CHECK_FALSE(health.halted);
  CHECK_FALSE(health.open_runs);
  CHECK_FALSE(health.waiting_plans);
  CHECK_FALSE(health.head);
  CHECK_FALSE(health.problem.empty());
}

TEST_CASE("house: a policy that can't be used is the policy's problem") {
  Place place;
  keep_pass(place, scan(1));
  const auto policies = place.folder.path / "policies";
  std::filesystem::copy(std::filesystem::path(CLAWBACK_SOURCE_DIR) / "policies", policies,
                        std::filesystem::copy_options::recursive);
  place.config.policy = (policies / "default").string();
  const plan::Plan plan = plan_of();
  leave(place, plan);
  const auto house = place.open();
  CHECK(house->health().policy_problem.empty());
  REQUIRE(write_file(policies / "default/policy.toml", "id = \n"));
  const console::Health health = house->health();
  CHECK_FALSE(health.policy_problem.empty());
  CHECK(health.problem.empty());
  CHECK_FALSE(house->policy().problem.empty());
  CHECK(house->policy().policy.rules.size() > 3);
  CHECK_FALSE(house->plans()->policy_problem.empty());
  CHECK_FALSE(house->plan(plan.id)->policy_problem.empty());
}

TEST_CASE("house: of many runs the newest are listed, and all are counted") {
  Place place;
  keep_pass(place, scan(1));
  const auto store = test::store_in(place.folder);
  constexpr std::size_t count = 502;
  for (std::size_t i = 0; i < count; ++i) {
    const plan::Plan used = plan_of();
    journal::Run run = test::run_of("run-" + std::to_string(i), used.digest, plan::to_text(used));
    run.tenant = i == 0 ? "another" : tenant;
    REQUIRE(store->start(run));
  }
  const auto house = place.open();
  const auto runs = house->runs();
  REQUIRE(runs);
  CHECK(runs->rows.size() == 500);
  CHECK(runs->all == count - 1);
  CHECK(house->health().open_runs == count - 1);
}
