#include "house_place.hpp"

using namespace clawback;
using namespace clawback::cli;
using namespace clawback::cli::test_house;

TEST_CASE("house: without a database it says so, and makes none") {
  Place place;
  const auto house = place.open();
  CHECK(house->findings({}).error().code == Errc::not_found);
  CHECK(house->one_case("sha256:1").error().code == Errc::not_found);
  CHECK(house->plan("p").error().code == Errc::not_found);
  CHECK(house->run("r").error().code == Errc::not_found);
  CHECK(house->plans()->views.empty());
  CHECK(house->runs()->rows.empty());
  CHECK_FALSE(house->health().problem.empty());
  CHECK_FALSE(std::filesystem::exists(*place.config.database));
  CHECK(house->tenant_name() == "contoso");
  CHECK(house->policy().policy.rules.size() > 3);
  // A pass makes it while the console runs.
  keep_pass(place, scan(1));
  CHECK(house->findings({})->all == 1);
  CHECK(house->health().problem.empty());
  place.config.database = std::nullopt;
  CHECK(open_house(place.config, {}, place.context).error().code == Errc::invalid);
}

TEST_CASE("house: findings are filtered by what people type") {
  Place place;
  keep_pass(place, scan(10));
  const auto house = place.open();
  const auto all = house->findings({.count = 3});
  REQUIRE(all);
  CHECK(all->all == 10);
  CHECK(all->matching == 10);
  CHECK(all->alerts == 5);
  CHECK(all->watches == 5);
  REQUIRE(all->rows.size() == 3);
  CHECK(all->rows[0].name == "App number 8");
  CHECK(all->scan.findings.empty());
  CHECK(all->scan.observed == now);
  CHECK(house->findings({.text = "APP NUMBER 7"})->matching == 1);
  CHECK(house->findings({.text = "ADA3@contoso"})->matching == 1);
  CHECK(house->findings({.text = "%"})->matching == 0);
  CHECK(house->findings({.verdict = "watch"})->matching == 5);
  CHECK(house->findings({.rule = "none"})->matching == 0);
  CHECK(house->findings({.state = "new"})->matching == 10);
}

TEST_CASE("house: a case knows its waiting plans and its runs") {
  Place place;
  keep_pass(place, scan(3));
  const plan::Plan waiting = plan_of();
  leave(place, waiting);
  const plan::Plan used = plan_of();
  const auto store = test::store_in(place.folder);
  journal::Run run = test::run_of("run-1", used.digest, plan::to_text(used));
  run.tenant = tenant;
  run.approvals = {signed_by_eve(place, used, approval::Decision::approve)};
  REQUIRE(store->start(run));
  const auto house = place.open();
  const auto one = house->one_case("sha256:1001");
  REQUIRE_MESSAGE(one, one.error().message);
  CHECK(one->scan.findings.at(0).key == "sha256:1001");
  CHECK(one->plans == std::vector<std::string>{waiting.id});
  CHECK(one->runs == std::vector<std::string>{"run-1"});
  CHECK(house->one_case("sha256:1000")->plans.empty());
  CHECK(house->one_case("sha256:1000")->runs.empty());
  const auto rows = house->runs();
  REQUIRE(rows);
  REQUIRE(rows->rows.size() == 1);
  CHECK(rows->all == 1);
  CHECK(rows->rows.front().plan == used.id);
  CHECK(rows->rows.front().actions == 1);
  CHECK_FALSE(rows->rows.front().ended);
  CHECK(house->health().open_runs == 1);
  const auto seen = house->plan(used.id);
  REQUIRE(seen);
  CHECK(seen->file.empty());
  CHECK(seen->run == "run-1");
  CHECK(seen->signed_by.size() == 1);
  CHECK_FALSE(seen->closed.empty());
  REQUIRE(store->append("run-1", event(journal::EventKind::satisfied, "a1")));
  REQUIRE(store->append("run-1", event(journal::EventKind::ended, "")));
  CHECK(house->runs()->rows.front().done == 1);
  CHECK(house->runs()->rows.front().settled);
  CHECK(house->health().open_runs == 0);
  // Somebody resumes it.
  REQUIRE(store->append("run-1", event(journal::EventKind::intent, "a1")));
  CHECK_FALSE(house->runs()->rows.front().ended);
  CHECK(house->health().open_runs == 1);
}

TEST_CASE("house: looking changes nothing, not even plans that are over") {
  Place place;
  keep_pass(place, scan(1));
  const plan::Plan waits = plan_of();
  const std::string over = leave(place, plan_of(now));
  const std::string file = leave(place, waits);
  const auto house = place.open();
  const auto plans = house->plans();
  REQUIRE_MESSAGE(plans, plans.error().message);
  REQUIRE(plans->views.size() == 1);
  CHECK(plans->views.front().plan.id == waits.id);
  CHECK(plans->views.front().file == file);
  CHECK(plans->views.front().closed.empty());
  CHECK(plans->views.front().quorum == 2);  // today's rule asks for it
  CHECK(house->health().waiting_plans == 1);
  CHECK(std::filesystem::exists(over));
}

TEST_CASE("house: signatures that hold and those that do not are told apart") {
  Place place;
  keep_pass(place, scan(1));
  const plan::Plan plan = plan_of();
  const std::string file = leave(place, plan);
  const auto house = place.open();
  std::string yes = signed_by_eve(place, plan, approval::Decision::approve);
  REQUIRE(append_envelope(file + ".approvals", yes, place.context));
  REQUIRE(append_envelope(file + ".approvals", "{\"forged\":1}", place.context));
  const auto other = plan_of();
  REQUIRE(append_envelope(file + ".approvals",
                          signed_by_eve(place, other, approval::Decision::approve), place.context));
  const auto seen = house->plan(plan.id);
  REQUIRE_MESSAGE(seen, seen.error().message);
  REQUIRE(seen->signed_by.size() == 1);
  CHECK(seen->signed_by.front().approver == "Eve");
  CHECK(seen->unusable.size() == 1);
  CHECK(seen->closed.empty());
  REQUIRE(append_envelope(file + ".approvals",
                          signed_by_eve(place, plan, approval::Decision::reject), place.context));
  CHECK(house->plan(plan.id)->closed.find("rejected by Eve") != std::string::npos);
  CHECK(house->statement(plan.id, approval::Decision::approve, place.dana(), "why", now)
            .error()
            .code == Errc::approval);
}

TEST_CASE("house: a statement is what approve would sign, for whoever may") {
  Place place;
  keep_pass(place, scan(1));
  plan::Plan plan = plan_of();
  leave(place, plan);
  const auto house = place.open();
  using enum approval::Decision;
  const auto yes = house->statement(plan.id, approve, place.dana(), "I looked", now);
  REQUIRE_MESSAGE(yes, yes.error().message);
  CHECK(yes->plan_digest == plan.digest);
  CHECK(yes->tenant == tenant);
  CHECK(yes->approver == "Dana");
  CHECK(yes->reason == "I looked");
  CHECK(yes->expires == now + plan.approval_expires);
  CHECK_FALSE(yes->nonce.empty());
  CHECK(house->statement(plan.id, reject, place.dana(), "no", now)->expires == plan.expires);
  const auto code = [&](const std::string& id, const console::Person& who, const std::string& why,
                        Time when = now) {
    const auto made = house->statement(id, approve, who, why, when);
    REQUIRE_FALSE(made);
    return made.error().code;
  };
  CHECK(code(plan.id, place.dana(), " \n") == Errc::invalid);
  CHECK(code(plan.id, place.dana(), std::string(2001, 'x')) == Errc::invalid);
  CHECK(code("../../etc/passwd", place.dana(), "why") == Errc::not_found);
  console::Person viewer = place.dana();
  viewer.approver = false;
  CHECK(code(plan.id, viewer, "why") == Errc::approval);
  console::Person other = place.dana();
  other.account.object = "ffff0000-1111-4222-8333-444455556666";
  CHECK(code(plan.id, other, "why") == Errc::approval);
  CHECK(code(plan.id, place.dana(), "why", plan.expires) == Errc::stale);
  plan::Plan mine = plan_of();
  mine.requested_by = "Dana";
  plan::seal(mine);
  leave(place, mine);
  CHECK(code(mine.id, place.dana(), "why") == Errc::approval);
  CHECK(house->statement(mine.id, reject, place.dana(), "why", now));
  plan::Plan large = plan_of();
  large.breaches = {{.limit = "max_users", .allowed = 1, .planned = 2}};
  plan::seal(large);
  leave(place, large);
  CHECK(code(large.id, place.dana(), "why") == Errc::guard);
}

TEST_CASE("house: what was not signed by this statement's person is not kept") {
  Place place;
  keep_pass(place, scan(1));
  const plan::Plan plan = plan_of();
  const std::string file = leave(place, plan);
  const auto house = place.open();
  const auto yes =
      house->statement(plan.id, approval::Decision::approve, place.dana(), "I looked", now);
  REQUIRE(yes);
  CHECK(house->keep(*yes, Secret(std::string("no.token.atall")), plan.id, now).error().code ==
        Errc::approval);
  const plan::Plan other = plan_of();
  leave(place, other);
  CHECK(house->keep(*yes, Secret(std::string("a.b.c")), other.id, now).error().code ==
        Errc::approval);
  CHECK_FALSE(std::filesystem::exists(file + ".approvals"));
}

TEST_CASE("house: the undo of nothing is none, and only approvers ask for one") {
  Place place;
  keep_pass(place, scan(1));
  const plan::Plan used = plan_of();
  const auto store = test::store_in(place.folder);
  journal::Run run = test::run_of("run-1", used.digest, plan::to_text(used));
  run.tenant = tenant;
  REQUIRE(store->start(run));
  const auto house = place.open();
  CHECK(house->undo("run-1", place.dana(), now).error().code == Errc::conflict);
  console::Person viewer = place.dana();
  viewer.approver = false;
  CHECK(house->undo("run-1", viewer, now).error().code == Errc::approval);
  CHECK(house->undo("nope", place.dana(), now).error().code == Errc::not_found);
  CHECK(house->plans()->views.empty());
}
