#include "cli/apply_checks.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "base/digest.hpp"
#include "plan/shape.hpp"
#include "support/journals.hpp"

using namespace clawback;
using namespace clawback::cli;
using test::Folder;
using test::store_in;

namespace {

const Time now = *parse_time("2026-11-23T03:04:09Z");
const std::string tenant = "aaaabbbb-0000-4ccc-8111-dddd2222eeee";

policy::Policy todays() {
  policy::Policy out;
  out.digest = "sha256:policy";
  out.catalog.digest = "sha256:catalog";
  out.max_apps = 2;
  out.max_users = 2;
  out.max_actions = 3;
  policy::Rule rule;
  rule.id = "strict";
  rule.quorum = 3;
  out.rules = {rule};
  return out;
}

plan::Action revoke_sessions(int number) {
  plan::Action out;
  out.id = "a" + std::to_string(number);
  out.kind = domain::ActionKind::revoke_sessions;
  out.target = {.kind = "user", .id = "user-" + std::to_string(number)};
  out.because.rule = "known";
  REQUIRE(plan::shape(out));
  return out;
}

plan::Plan plan_for(int users) {
  plan::Plan out;
  out.id = random_guid();
  out.tenant = tenant;
  out.created = now;
  out.expires = now + std::chrono::hours(24);
  out.policy = "sha256:policy";
  out.catalog = "sha256:catalog";
  for (int i = 1; i <= users; ++i) out.actions.push_back(revoke_sessions(i));
  plan::seal(out);
  return out;
}

journal::Run run_of(const plan::Plan& plan, std::string id) {
  return {.id = std::move(id),
          .tenant = tenant,
          .plan_digest = plan.digest,
          .plan_text = plan::to_text(plan),
          .undo_of = plan.undo_of,
          .started = now,
          .approvals = {}};
}

}  // namespace

TEST_CASE("apply: only the plan of this tenant, this policy and this day is sent") {
  struct Case {
    std::string_view name;
    void (*change)(plan::Plan&);
    std::optional<Errc> error;
  };
  const Case cases[] = {
      {"as it was made", [](plan::Plan&) {}, std::nullopt},
      {"another tenant", [](plan::Plan& p) { p.tenant = "else"; }, Errc::stale},
      {"expired", [](plan::Plan& p) { p.expires = now; }, Errc::stale},
      {"another policy", [](plan::Plan& p) { p.policy = "sha256:old"; }, Errc::stale},
      {"another catalog", [](plan::Plan& p) { p.catalog = "sha256:old"; }, Errc::stale},
  };
  Config config;
  config.tenant_id = tenant;
  for (const Case& c : cases) {
    CAPTURE(c.name);
    plan::Plan plan = plan_for(1);
    c.change(plan);
    const auto checked = check_current(plan, config, todays(), now);
    CHECK(bool(checked) == !c.error);
    if (!checked && c.error) CHECK(checked.error().code == *c.error);
  }
}

TEST_CASE("apply: limits are those of the plan, of today's policy and of the last day") {
  const Folder folder;
  const auto store = store_in(folder);
  CHECK(check_limits(plan_for(2), todays(), *store, now));

  const auto many = check_limits(plan_for(3), todays(), *store, now);
  REQUIRE_FALSE(many);
  CHECK(many.error().code == Errc::guard);

  plan::Plan breached = plan_for(1);
  breached.breaches = {{.limit = "max_users", .allowed = 0, .planned = 1}};
  CHECK_FALSE(check_limits(breached, todays(), *store, now));

  const plan::Plan sent = plan_for(2);
  REQUIRE(store->start(run_of(sent, "run-1")));
  for (const plan::Action& action : sent.actions) {
    REQUIRE(store->append("run-1",
                          {.kind = journal::EventKind::intent, .time = now, .action = action.id}));
  }
  plan::Plan third = plan_for(3);
  third.actions.erase(third.actions.begin(), third.actions.begin() + 2);
  const auto rolling = check_limits(third, todays(), *store, now);
  REQUIRE_FALSE(rolling);
  CHECK(rolling.error().code == Errc::guard);
  CHECK(check_limits(third, todays(), *store, now + std::chrono::hours(25)));
  // The same user twice is one.
  CHECK(check_limits(plan_for(1), todays(), *store, now));
  // A rule's own limits count what it asked for that day, and nothing of other rules.
  policy::Policy narrow = todays();
  narrow.max_users = narrow.max_actions = 100;
  narrow.rules[0].id = "known";
  narrow.rules[0].limits.max_users = 2;
  const auto of_rule = check_limits(third, narrow, *store, now);
  REQUIRE_FALSE(of_rule);
  CHECK(of_rule.error().message.find("rule known max_users within 24 hours: 3") == 0);
  narrow.rules[0].id = "strict";
  CHECK(check_limits(third, narrow, *store, now));
}

TEST_CASE("apply: what a pass sent of a plan that waits is counted once") {
  const Folder folder;
  const auto store = store_in(folder);
  policy::Policy policy = todays();
  policy.max_users = 100;
  // A pass contained the first of three; the plan with all three waited.
  const plan::Plan contained = plan_for(1);
  REQUIRE(store->start(run_of(contained, "run-1")));
  REQUIRE(
      store->append("run-1", {.kind = journal::EventKind::intent, .time = now, .action = "a1"}));
  CHECK(check_limits(plan_for(3), policy, *store, now));
  // The same kind to the same object is another action if it asks for something else, or if another
  // rule does.
  plan::Plan other = plan_for(3);
  other.actions[0].request.path += "?other";
  const auto request = check_limits(other, policy, *store, now);
  REQUIRE_FALSE(request);
  CHECK(request.error().message.find("max_actions within 24 hours: 4") == 0);
  other = plan_for(3);
  other.actions[0].because.rule = "strict";
  CHECK_FALSE(check_limits(other, policy, *store, now));
}

TEST_CASE("resume: what a run sent already is not counted again, and what others sent is") {
  const Folder folder;
  const auto store = store_in(folder);
  policy::Policy policy = todays();
  policy.max_users = policy.max_actions = 4;
  const auto send = [&](const std::string& run, const plan::Plan& plan, std::size_t from,
                        std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      REQUIRE(store->append(
          run, {.kind = journal::EventKind::intent, .time = now, .action = plan.actions[i].id}));
    }
  };
  const plan::Plan mine = plan_for(3);
  REQUIRE(store->start(run_of(mine, "run-1")));
  send("run-1", mine, 0, 2);
  // Two are sent, one is left: three within the day, not five.
  CHECK(check_limits(mine, policy, *store, now, "run-1"));
  plan::Plan other = plan_for(2);
  for (std::size_t i = 0; i < other.actions.size(); ++i) {
    plan::Action& action = other.actions[i] = revoke_sessions(static_cast<int>(i) + 5);
    action.id = "a" + std::to_string(i + 1);
  }
  plan::seal(other);
  REQUIRE(store->start(run_of(other, "run-2")));
  send("run-2", other, 0, 2);
  const auto refused = check_limits(mine, policy, *store, now, "run-1");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::guard);
  CHECK(check_limits(mine, policy, *store, now + std::chrono::hours(25), "run-1"));
  // Nothing is left to send: there is nothing to count.
  send("run-1", mine, 2, 3);
  CHECK(check_limits(mine, policy, *store, now, "run-1"));
}

TEST_CASE("apply: a plan is used once") {
  const Folder folder;
  const auto store = store_in(folder);
  const plan::Plan plan = plan_for(1);
  CHECK(check_unused(plan, *store));
  REQUIRE(store->start(run_of(plan, "run-1")));
  const auto again = check_unused(plan, *store);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Errc::stale);
  CHECK(again.error().message.find("run-1") != std::string::npos);
}

TEST_CASE("apply: a plan that only says that it undoes a run is refused") {
  const Folder folder;
  const auto store = store_in(folder);
  plan::Plan forged = plan_for(9);
  forged.undo_of = "run-1";
  plan::seal(forged);
  CHECK_FALSE(check_undo(forged, todays(), *store));
  REQUIRE(store->start(run_of(plan_for(1), "run-1")));
  const auto checked = check_undo(forged, todays(), *store);
  REQUIRE_FALSE(checked);
  CHECK(checked.error().code == Errc::stale);
}

TEST_CASE("apply: today's rules may ask for more people than the plan says, never for fewer") {
  plan::Plan plan = plan_for(1);
  CHECK(quorum_for(plan, todays()) == 1);
  plan.actions[0].because.rule = "strict";
  CHECK(quorum_for(plan, todays()) == 3);
  plan.quorum = 5;
  CHECK(quorum_for(plan, todays()) == 5);
  plan.quorum = 0;
  plan.actions.clear();
  CHECK(quorum_for(plan, todays()) == 1);
}

TEST_CASE("apply: a policy of the tenant becomes what today's policy says, whatever a plan says") {
  using domain::ActionKind;
  const std::string dana = "0a0a0a0a-0000-4000-8000-000000000001";
  const std::string other = "0a0a0a0a-0000-4000-8000-00000000000f";
  policy::Policy policy = todays();
  policy.rules[0].id = "known";
  policy.rules[0].mode = domain::Mode::approve;
  policy.rules[0].actions = {ActionKind::restrict_consent, ActionKind::require_admin_consent,
                             ActionKind::require_managed_client};
  policy.consent.user_consent = policy::UserConsent::managed;
  policy.consent.enable_admin_consent_requests = true;
  policy.consent.reviewers = {domain::UserId(dana)};
  policy.managed_client.break_glass = {domain::UserId(dana)};
  Config config;
  config.tenant_id = tenant;
  const auto checked = [&](ActionKind kind, json::value before, json::value after) {
    plan::Plan plan = plan_for(1);
    plan.approval_expires = policy.rules[0].approval_expires;
    plan::Action& action = plan.actions[0];
    action = {.id = "a1", .kind = kind};
    action.because.rule = "known";
    action.target.id = "policy";
    action.precondition.before = std::move(before);
    action.postcondition.after = std::move(after);
    const auto shaped = plan::shape(action);
    REQUIRE_MESSAGE(shaped, shaped.error().message);
    const auto result = check_rules(plan, config, policy);
    if (!result) CHECK(result.error().code == Errc::stale);
    return bool(result);
  };

  const auto consent = [&](std::vector<std::string> before, std::vector<std::string> after) {
    const auto list = [](const std::vector<std::string>& ids) {
      json::array out;
      for (const std::string& id : ids) out.emplace_back("managePermissionGrantsForSelf." + id);
      return json::object{{"id", "authorizationPolicy"},
                          {"permissionGrantPoliciesAssigned", std::move(out)}};
    };
    return checked(ActionKind::restrict_consent, list(before), list(after));
  };
  const std::string low = "microsoft-user-default-low";
  const std::string managed = "microsoft-user-default-recommended";
  CHECK(consent({"legacy"}, {managed}));
  CHECK_FALSE(consent({"legacy"}, {low}));
  CHECK_FALSE(consent({"legacy"}, {"legacy", managed}));
  CHECK_FALSE(consent({}, {managed}));
  CHECK_FALSE(consent({low}, {managed}));

  const auto reviewers = [&](const std::vector<std::string>& users) {
    json::array after;
    for (const std::string& user : users) after.emplace_back("/users/" + user);
    const json::value before = json::object{
        {"isEnabled", false}, {"reviewers", json::array()}, {"reviewedBy", json::array()}};
    return checked(ActionKind::require_admin_consent, before,
                   json::object{{"reviewedBy", std::move(after)}});
  };
  CHECK(reviewers({dana}));
  CHECK_FALSE(reviewers({other}));
  CHECK_FALSE(reviewers({dana, other}));

  const auto access = [&](const std::vector<std::string>& users, std::string_view state) {
    json::array excluded;
    for (const std::string& user : users) excluded.emplace_back(user);
    return checked(ActionKind::require_managed_client, nullptr,
                   json::object{{"excludeUsers", std::move(excluded)}, {"state", state}});
  };
  const std::string_view report_only = "enabledForReportingButNotEnforced";
  CHECK(access({dana}, report_only));
  CHECK_FALSE(access({other}, report_only));
  CHECK_FALSE(access({dana, other}, report_only));
  CHECK_FALSE(access({dana}, "enabled"));
  policy.managed_client.enforce = true;
  CHECK(access({dana}, "enabled"));

  policy.consent = {};
  CHECK_FALSE(reviewers({dana}));
  CHECK_FALSE(consent({"legacy"}, {managed}));
}

TEST_CASE(
    "apply: no account of an approver or of a protected user is disabled, whatever a plan says") {
  const std::string user = "aaaaaaaa-0000-4000-8000-000000000001";
  plan::Plan plan = plan_for(1);
  plan::Action& action = plan.actions[0];
  action.kind = domain::ActionKind::disable_user;
  action.target.id = user;
  action.precondition.before =
      json::object{{"id", user}, {"accountEnabled", true}, {"userType", "Member"}};
  REQUIRE(plan::shape(action));
  policy::Policy policy = todays();
  policy.rules[0].id = "known";
  policy.rules[0].mode = domain::Mode::approve;
  policy.rules[0].actions = {domain::ActionKind::disable_user};
  plan.approval_expires = policy.rules[0].approval_expires;
  Config config;
  config.tenant_id = tenant;
  CHECK(check_rules(plan, config, policy));

  config.approvers = {{.name = "Dana", .entra = {.tenant = "other", .object = user}}};
  CHECK(check_rules(plan, config, policy));
  config.approvers[0].entra.tenant = tenant;
  const auto approver = check_rules(plan, config, policy);
  REQUIRE_FALSE(approver);
  CHECK(approver.error().code == Errc::guard);

  config.approvers.clear();
  policy.protected_users = {domain::UserId(user)};
  const auto listed = check_rules(plan, config, policy);
  REQUIRE_FALSE(listed);
  CHECK(listed.error().code == Errc::guard);
  CHECK(listed.error().message.find("protects this user") != std::string::npos);
}
