#include "plan/split.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "support/makers.hpp"

using namespace clawback;
using namespace clawback::plan;
using domain::ActionKind;
using domain::Mode;

namespace {

policy::Policy rules() {
  policy::Policy out;
  policy::Rule rule;
  rule.id = "known";
  rule.mode = Mode::automatic;
  rule.actions = {ActionKind::disable_app, ActionKind::revoke_grant};
  out.rules = {rule};
  return out;
}

Plan built(const std::vector<std::pair<std::string, Mode>>& apps,
           const policy::Policy& policy = rules()) {
  detect::Judgement judgement;
  int number = 0;
  for (const auto& [sp, mode] : apps) {
    domain::Finding one;
    one.key = "sha256:" + sp;
    one.app = test::service_principal(sp, test::app_guid(++number));
    one.grants = {test::grant("g-" + sp, sp, "ada", {"Mail.Read"})};
    one.rule = "known";
    one.mode = mode;
    judgement.findings.push_back(one);
  }
  domain::Snapshot seen;
  seen.tenant = test::own_tenant;
  return build(
      seen, judgement, policy,
      {.now = test::now(), .id = "whole", .tool = "t", .write_client_id = {}, .own_app_ids = {}});
}

std::vector<std::string> names(const Plan& plan) {
  std::vector<std::string> out;
  for (const Action& action : plan.actions) out.push_back(action.id + " " + short_name(action));
  return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("split: each case's effective mode decides what goes without a person") {
  struct Case {
    std::string_view name;
    Mode mode;
    Names now;
    Names waiting;
  };
  const Case cases[] = {
      {"approve", Mode::approve, {}, {"a1 disable-app sp", "a2 revoke-grant g-sp"}},
      {"contain",
       Mode::contain,
       {"a1 disable-app sp"},
       {"a1 disable-app sp", "a2 revoke-grant g-sp"}},
      {"auto", Mode::automatic, {"a1 disable-app sp", "a2 revoke-grant g-sp"}, {}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const Split parts = split(built({{"sp", c.mode}}), rules(), "n", "w");
    CHECK(names(parts.now) == c.now);
    CHECK(names(parts.waiting) == c.waiting);
  }
}

TEST_CASE("split: both parts are sound plans of their own, with what they are about") {
  const Split parts =
      split(built({{"sp-1", Mode::contain}, {"sp-2", Mode::approve}}), rules(), "n", "w");
  for (const Plan* part : {&parts.now, &parts.waiting}) {
    const auto back = parse(to_text(*part));
    REQUIRE_MESSAGE(back, back.error().message);
    CHECK(*back == *part);
  }
  CHECK(names(parts.now) == Names{"a1 disable-app sp-1"});
  CHECK(names(parts.waiting) == Names{"a1 disable-app sp-1", "a2 disable-app sp-2",
                                      "a3 revoke-grant g-sp-1", "a4 revoke-grant g-sp-2"});
  // Should containment not come about, or be taken back, nothing goes ahead of it.
  CHECK(parts.waiting.actions[2].depends == Names{"a1"});
  CHECK(parts.waiting.actions[3].depends == Names{"a2"});
  CHECK(parts.now.cases.size() == 1);
  CHECK(parts.now.id == "n");
  CHECK(parts.now.digest != parts.waiting.digest);
}

TEST_CASE("split: over a limit or for inspection only, all of it waits") {
  policy::Policy strict = rules();
  strict.max_apps = 0;
  const Split over = split(built({{"sp", Mode::automatic}}, strict), strict, "n", "w");
  CHECK(over.now.actions.empty());
  CHECK(over.waiting.breaches.size() == 1);
  Plan looked = built({{"sp", Mode::automatic}});
  looked.inspect_only = {"why"};
  CHECK(split(looked, rules(), "n", "w").now.actions.empty());
  looked.inspect_only.clear();
  looked.undo_of = "run";
  CHECK(split(looked, rules(), "n", "w").now.actions.empty());
}

TEST_CASE("split: an action that no case asked for waits") {
  Plan plan = built({{"sp", Mode::automatic}});
  plan.cases.clear();
  CHECK(split(plan, rules(), "n", "w").now.actions.empty());
}

TEST_CASE("split: what waits is the same work once its containment is done") {
  const Plan waiting = split(built({{"sp", Mode::contain}}), rules(), "n", "w").waiting;
  Plan later = waiting;  // of a pass that saw the application disabled
  later.actions.erase(later.actions.begin());
  later.actions[0].id = "a1";
  later.actions[0].depends.clear();
  CHECK(same_work(waiting, later));
  // Enabled again meanwhile: the older plan does not disable it.
  CHECK_FALSE(same_work(later, waiting));
  // Something else than containment is missing.
  Plan less = waiting;
  less.actions.pop_back();
  CHECK_FALSE(same_work(waiting, less));
}

TEST_CASE("split: the same work is the same requests after the same checks under the same policy") {
  const Plan a = built({{"sp", Mode::approve}});
  Plan b = a;
  b.id = "another";
  b.created = a.created + std::chrono::hours(1);
  b.evidence = "sha256:other";
  b.actions[0].because.signals = {"D04"};
  CHECK(same_work(a, b));
  struct Case {
    std::string_view name;
    std::function<void(Plan&)> change;
  };
  const Case cases[] = {
      {"policy", [](Plan& p) { p.policy = "x"; }},
      {"identity", [](Plan& p) { p.identity = "x"; }},
      {"request", [](Plan& p) { p.actions[0].request.path = "x"; }},
      {"precondition", [](Plan& p) { p.actions[0].precondition.before = nullptr; }},
      {"less", [](Plan& p) { p.actions.pop_back(); }},
      {"affected", [](Plan& p) { p.affected.push_back("eve"); }},
      {"breach", [](Plan& p) { p.breaches.push_back({}); }},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Plan changed = b;
    c.change(changed);
    CHECK_FALSE(same_work(a, changed));
  }
}
