#include "remediate/follow_up.hpp"

#include <doctest/doctest.h>

#include "plan/projection.hpp"
#include "plan/shape.hpp"
#include "support/makers.hpp"

using namespace clawback;
using namespace clawback::remediate;
using domain::ActionKind;
using journal::Phase;
using namespace std::chrono_literals;

namespace {

plan::Action shaped(ActionKind kind, const std::string& id, json::value before) {
  plan::Action out{.id = "a1", .kind = kind};
  out.target = {
      .kind = kind == ActionKind::disable_app ? "servicePrincipal" : "oauth2PermissionGrant",
      .id = id,
      .app_id = test::app_guid(1),
      .service_principal_id = "sp"};
  out.precondition.before = std::move(before);
  REQUIRE(plan::shape(out));
  return out;
}

plan::Action disable() {
  return shaped(ActionKind::disable_app, "sp",
                plan::project(test::service_principal("sp", test::app_guid(1))));
}
plan::Action revoke() {
  return shaped(ActionKind::revoke_grant, "g",
                plan::project(test::grant("g", "sp", "ada", {"Mail.Read", "User.Read"})));
}

plan::Action of_policy(ActionKind kind, std::string target, json::value after) {
  plan::Action out{.id = "a1", .kind = kind};
  out.target = {.kind = std::move(target), .id = "policy"};
  out.postcondition.after = std::move(after);
  return out;
}

json::value consents(std::vector<std::string> assigned) {
  domain::AuthorizationPolicy policy;
  policy.permission_grant_policies_assigned = std::move(assigned);
  return plan::project(policy);
}

json::value requests_of(bool enabled) {
  domain::AdminConsentRequestPolicy policy;
  policy.is_enabled = enabled;
  return plan::project(policy);
}

json::value managed_clients(std::string state) {
  return plan::project(domain::ConditionalAccessPolicy{
      .id = "ca", .display_name = "c", .state = std::move(state), .rules = "{}"});
}

journal::RunState state_of(Phase phase) {
  journal::RunState out;
  out.actions["a1"].phase = phase;
  return out;
}

}  // namespace

TEST_CASE("follow-up: the latest look whose time has come, once, and none twice") {
  struct Case {
    std::string_view name;
    Duration after;
    std::set<std::string> done;
    std::string_view due;  // empty: none
  };
  const Case cases[] = {
      {"too early", 59min, {}, ""},
      {"the first", 1h, {}, "1h"},
      {"the first, done", 23h, {"1h"}, ""},
      {"the second", 24h, {"1h"}, "24h"},
      {"two were missed", 25h, {}, "24h"},
      {"missed ones are not made up for", 26h, {"24h"}, ""},
      {"all were missed", 24h * 40, {}, "30d"},
      {"a week", 24h * 8, {"1h", "24h"}, "7d"},
      {"over", 24h * 90, {"30d"}, ""},
      {"before its end", -1h, {}, ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(due_look(test::now(), c.done, test::now() + c.after).value_or("") == c.due);
  }
}

TEST_CASE("follow-up: a run rests from its end on, or from where it was stopped") {
  const journal::Event ended{.kind = journal::EventKind::ended, .time = test::now()};
  const journal::Event later{.kind = journal::EventKind::answered, .time = test::now() + 1h};
  CHECK_FALSE(at_rest_since({}));
  CHECK(at_rest_since({ended}) == ended.time);
  CHECK(at_rest_since({ended, later}) == later.time);  // resumed, and stopped
  CHECK(at_rest_since({later}) == later.time);
}

TEST_CASE("follow-up: what is looked at is what was done and can be seen again") {
  plan::Plan plan;
  plan.actions = {disable()};
  CHECK(to_look_at(plan, state_of(Phase::done), {}).size() == 1);
  CHECK(to_look_at(plan, state_of(Phase::satisfied), {}).size() == 1);
  CHECK(to_look_at(plan, state_of(Phase::acknowledged), {}).size() == 1);
  for (const Phase phase : {Phase::waiting, Phase::skipped, Phase::failed, Phase::unverified}) {
    CHECK(to_look_at(plan, state_of(phase), {}).empty());
  }
  plan.actions[0].kind = ActionKind::revoke_sessions;
  CHECK(to_look_at(plan, state_of(Phase::done), {}).empty());
}

TEST_CASE("follow-up: what an undo of ours gave back is not looked at, what it skipped is") {
  plan::Plan plan;
  plan.actions = {disable()};
  Undone undo;
  plan::Action enable{.id = "a1", .kind = ActionKind::enable_app};
  enable.target.id = "sp";
  undo.plan.actions = {enable};
  for (const Phase phase : {Phase::done, Phase::satisfied, Phase::acknowledged, Phase::intended}) {
    undo.state = state_of(phase);
    CHECK(to_look_at(plan, state_of(Phase::done), {undo}).empty());
  }
  for (const Phase phase : {Phase::waiting, Phase::skipped, Phase::failed}) {
    undo.state = state_of(phase);
    CHECK(to_look_at(plan, state_of(Phase::done), {undo}).size() == 1);
  }
}

TEST_CASE("follow-up: the undo of another run counts if it came later") {
  plan::Plan plan;
  plan.actions = {disable()};
  Undone undo;
  plan::Action enable{.id = "a1", .kind = ActionKind::enable_app};
  enable.target = plan.actions[0].target;
  undo.plan.actions = {enable};
  undo.state = state_of(Phase::done);
  undo.state.actions["a1"].at = test::now();
  for (const Phase phase : {Phase::done, Phase::satisfied}) {
    journal::RunState state = state_of(phase);
    state.actions["a1"].at = test::now() - 1h;
    CHECK(to_look_at(plan, state, {undo}).empty());
    // It was taken away again, and this run left it so.
    state.actions["a1"].at = test::now() + 1h;
    CHECK(to_look_at(plan, state, {undo}).size() == 1);
  }
  SUBCASE("whoever found it blocked does not know the object") {
    plan.actions[0].kind = ActionKind::block_app;
    plan.actions[0].target.id = plan.actions[0].target.app_id;
    journal::RunState state = state_of(Phase::satisfied);
    state.actions["a1"].at = test::now() - 1h;
    CHECK(to_look_at(plan, state, {undo}).empty());
  }
}

TEST_CASE("follow-up: what a later look says") {
  const auto grant = [](std::vector<std::string> scopes) {
    return plan::project(test::grant("g", "sp", "ada", std::move(scopes)));
  };
  auto enabled = test::service_principal("sp", test::app_guid(1));
  auto disabled = enabled;
  disabled.account_enabled = false;
  const plan::Action restrict_consent =
      of_policy(ActionKind::restrict_consent, "authorizationPolicy", consents({"owned"}));
  const plan::Action admins =
      of_policy(ActionKind::require_admin_consent, "adminConsentRequestPolicy", requests_of(true));
  const plan::Action managed = of_policy(ActionKind::require_managed_client,
                                         "conditionalAccessPolicy", managed_clients("enabled"));
  struct Case {
    std::string_view name;
    plan::Action action;
    json::value now;
    std::string_view kind;  // empty: as it was left
    std::string_view says;
  };
  const Case cases[] = {
      {"still gone", revoke(), nullptr, "", ""},
      {"consented again", revoke(), grant({"Mail.Read"}), "re-consent", "exists again: Mail.Read"},
      {"with more", revoke(), grant({"Mail.Read", "Mail.Send"}), "re-consent", "more than before"},
      {"still disabled", disable(), plan::project(disabled), "", ""},
      {"enabled", disable(), plan::project(enabled), "re-enabled", "enabled again"},
      {"deleted", disable(), nullptr, "gone", "deleted"},
      {"users may consent to as little", restrict_consent, consents({"owned"}), "", ""},
      {"users may consent again", restrict_consent, consents({"legacy", "owned"}), "policy-changed",
       "not what the run left"},
      {"admins are asked", admins, requests_of(true), "", ""},
      {"admins are not asked", admins, requests_of(false), "policy-changed",
       "not what the run left"},
      {"managed clients", managed, managed_clients("enabled"), "", ""},
      {"any clients", managed, managed_clients("disabled"), "policy-changed",
       "not what the run left"},
      {"without the policy", managed, nullptr, "policy-changed", "it was deleted"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto change = change_of(c.action, c.now);
    CHECK((change ? name_of(change->kind) : std::string_view()) == c.kind);
    if (change) CHECK(change->detail.find(c.says) != std::string::npos);
  }
}

TEST_CASE("follow-up: a narrowed grant may lose more, and not get back") {
  plan::Action action = shaped(ActionKind::revoke_grant, "g",
                               plan::project(test::grant("g", "sp", "ada", {"Mail.Read"})));
  action.kind = ActionKind::narrow_grant;
  action.postcondition.after =
      plan::project(test::grant("g", "sp", "ada", {"User.Read", "openid"}));
  const auto now = [](std::vector<std::string> scopes) {
    return plan::project(test::grant("g", "sp", "ada", std::move(scopes)));
  };
  CHECK_FALSE(change_of(action, nullptr));
  CHECK_FALSE(change_of(action, now({"openid"})));
  CHECK(change_of(action, now({"Mail.Read", "openid"})));
}
