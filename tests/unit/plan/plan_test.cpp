#include "plan/plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string_view>

#include "base/digest.hpp"
#include "plan/count.hpp"
#include "plan/guard.hpp"
#include "plan/projection.hpp"

using namespace clawback;
using namespace clawback::plan;
using domain::ActionKind;

namespace {

const Time now = *parse_time("2026-11-23T10:00:00Z");
const domain::TenantId tenant("aaaabbbb-0000-cccc-1111-dddd2222eeee");

domain::ServicePrincipal app(std::string id = "sp-em",
                             std::string app_id = "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd") {
  domain::ServicePrincipal out;
  out.id = domain::ServicePrincipalId(std::move(id));
  out.app_id = domain::AppId(std::move(app_id));
  out.display_name = "eM Client";
  out.owner_tenant = domain::TenantId("146ecd75-4414-4ecf-ba6d-ea611895da8c");
  out.type = "Application";
  out.account_enabled = true;
  return out;
}

domain::Grant grant(std::string id, std::string user,
                    std::vector<std::string> scopes = {"Mail.Read"}) {
  domain::Grant out;
  out.id = domain::GrantId(std::move(id));
  out.client = domain::ServicePrincipalId("sp-em");
  out.resource = domain::ServicePrincipalId("sp-graph");
  out.consent = user.empty() ? domain::ConsentType::all_principals : domain::ConsentType::principal;
  if (!user.empty()) out.principal = domain::UserId(std::move(user));
  out.scopes = std::move(scopes);
  return out;
}

domain::Finding finding() {
  domain::Finding out;
  out.key = "sha256:case";
  out.verdict = domain::Verdict::alert;
  out.app = app();
  out.ownership = domain::Ownership::third_party;
  out.grants = {grant("g-ada", "ada"), grant("g-all", ""), grant("g-bob", "bob")};
  out.app_roles = {{.id = domain::AssignmentId("r1"),
                    .principal = out.app.id,
                    .resource = domain::ServicePrincipalId("sp-graph"),
                    .role_id = "810c84a8-4a9e-49e6-bf7d-12d183f40d01"}};
  out.signals = {{.id = "D01", .state = domain::SignalState::hit, .weight = 80},
                 {.id = "D02", .state = domain::SignalState::miss}};
  out.rule = "known";
  out.mode = domain::Mode::approve;
  return out;
}

policy::Policy policy_with_rule() {
  policy::Policy out;
  out.digest = "sha256:policy";
  out.catalog.digest = "sha256:catalog";
  policy::Rule rule;
  rule.id = "known";
  rule.mode = domain::Mode::approve;
  rule.quorum = 2;
  rule.approval_expires = std::chrono::hours(2);
  rule.actions = {ActionKind::disable_app, ActionKind::block_app, ActionKind::revoke_grant,
                  ActionKind::remove_app_role, ActionKind::revoke_sessions};
  out.rules = {rule};
  return out;
}

domain::Snapshot snapshot() {
  domain::Snapshot out;
  out.tenant = tenant;
  out.service_principals = {app()};
  out.users = {
      {.id = domain::UserId("ada"), .user_principal_name = "ada@contoso.example", .type = "Member"},
      {.id = domain::UserId("guest"), .type = "Guest"}};
  domain::record(out.coverage,
                 {.name = "servicePrincipals", .state = domain::SourceState::read, .records = 1});
  return out;
}

const Options options{.now = now,
                      .id = "p1",
                      .tool = "clawback test",
                      .write_client_id = "w",
                      .own_app_ids = {"own"}};

Plan build_one(const domain::Finding& one, const policy::Policy& policy = policy_with_rule(),
               const domain::Snapshot& seen = snapshot()) {
  detect::Judgement judgement;
  judgement.findings = {one};
  judgement.coverage = seen.coverage;
  return build(seen, judgement, policy, options);
}

std::vector<std::string> names(const Plan& plan) {
  std::vector<std::string> out;
  for (const Action& action : plan.actions) out.push_back(short_name(action));
  return out;
}

}  // namespace

TEST_CASE("plan: actions come in the fixed order, tenant-wide grants first") {
  const Plan plan = build_one(finding());
  CHECK(names(plan) == std::vector<std::string>{"disable-app sp-em", "revoke-grant g-all",
                                                "revoke-grant g-ada", "revoke-grant g-bob",
                                                "remove-app-role r1", "revoke-sessions ada",
                                                "revoke-sessions bob"});
  for (std::size_t i = 1; i < plan.actions.size(); ++i) {
    CHECK(plan.actions[i].depends == std::vector<std::string>{"a1"});
  }
  CHECK(plan.quorum == 2);
  CHECK(plan.approval_expires == std::chrono::hours(2));
  CHECK(plan.actions[0].because.signals == std::vector<std::string>{"D01"});
}

TEST_CASE("plan: the exact request of each kind, and its inverse") {
  const Plan plan = build_one(finding());
  CHECK(plan.actions[0].request ==
        Request{"PATCH", "/v1.0/servicePrincipals/sp-em", json::object{{"accountEnabled", false}}});
  CHECK(plan.actions[0].reversible == Reversible::exact);
  CHECK(plan.actions[2].request ==
        Request{"DELETE", "/v1.0/oauth2PermissionGrants/g-ada", nullptr});
  REQUIRE(plan.actions[2].inverse);
  CHECK(plan.actions[2].inverse->body == json::value{{"clientId", "sp-em"},
                                                     {"consentType", "Principal"},
                                                     {"principalId", "ada"},
                                                     {"resourceId", "sp-graph"},
                                                     {"scope", "Mail.Read"}});
  CHECK(plan.actions[4].request ==
        Request{"DELETE", "/v1.0/servicePrincipals/sp-graph/appRoleAssignedTo/r1", nullptr});
  CHECK(plan.actions[5].request ==
        Request{"POST", "/v1.0/users/ada/revokeSignInSessions", nullptr});
  CHECK(plan.actions[5].reversible == Reversible::no);
}

TEST_CASE("plan: who is left alone, and why") {
  struct Case {
    std::string_view name;
    std::function<void(domain::Finding&)> change;
    std::string_view says;  // of the refusal; empty: nothing is said because nothing was asked for
  };
  const Case cases[] = {
      {"report mode", [](auto& f) { f.mode = domain::Mode::report; }, ""},
      {"no rule", [](auto& f) { f.rule.reset(); }, ""},
      {"an exception", [](auto& f) { f.exception = "CHG-1"; }, ""},
      {"Microsoft's",
       [](auto& f) {
         f.app.owner_tenant = domain::TenantId("f8cdef31-a31e-4b4a-93e4-5f571e91255a");
       },
       "owned by Microsoft"},
      {"owner unknown", [](auto& f) { f.app.owner_tenant.reset(); }, "owner is unknown"},
      {"managed identity", [](auto& f) { f.app.type = "ManagedIdentity"; }, "managed identity"},
      {"type unknown", [](auto& f) { f.app.type.reset(); }, "servicePrincipalType is unknown"},
      {"resource API",
       [](auto& f) { f.app.app_id = domain::AppId("00000003-0000-0000-c000-000000000000"); },
       "resource API"},
      {"ourselves", [](auto& f) { f.app.app_id = domain::AppId("own"); }, "own identities"},
      {"enabled or not is unknown", [](auto& f) { f.app.account_enabled.reset(); },
       "enabled is unknown"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    domain::Finding one = finding();
    c.change(one);
    const Plan plan = build_one(one);
    CHECK(plan.actions.empty());
    if (c.says.empty()) {
      CHECK(plan.refused.empty());
    } else {
      REQUIRE(plan.refused.size() == 1);
      CHECK(plan.refused[0].reason.find(c.says) != std::string::npos);
    }
  }
}

TEST_CASE("plan: an application that is disabled already is not disabled again, the rest goes on") {
  domain::Finding one = finding();
  one.app.account_enabled = false;
  const Plan plan = build_one(one);
  CHECK(names(plan).front() == "revoke-grant g-all");
  CHECK(plan.actions[0].depends.empty());
}

TEST_CASE("plan: what can't be made into a request is left alone, and said") {
  domain::Finding one = finding();
  one.grants = {grant("", "ada"), grant("g-bob", "bob")};
  const Plan plan = build_one(one);
  const auto all = names(plan);
  CHECK(std::count(all.begin(), all.end(), "revoke-grant g-bob") == 1);
  const auto left = std::find_if(plan.refused.begin(), plan.refused.end(), [](const Refusal& no) {
    return no.reason.find("revoke-grant has no usable target") != std::string::npos;
  });
  REQUIRE(left != plan.refused.end());
  CHECK(left->finding == one.key);
}

TEST_CASE("plan: sessions of guests are left out and said, sign-in users are added") {
  domain::Finding one = finding();
  one.grants = {grant("g-guest", "guest"), grant("g-all", "")};
  domain::Snapshot seen = snapshot();
  seen.sign_ins = {{.id = domain::RecordId("s1"),
                    .app_id = one.app.app_id,
                    .user = domain::UserId("eve"),
                    .error_code = 0},
                   {.id = domain::RecordId("s2"),
                    .app_id = one.app.app_id,
                    .user = domain::UserId("mal"),
                    .error_code = 50126}};
  const Plan plan = build_one(one, policy_with_rule(), seen);
  CHECK(names(plan).back() == "revoke-sessions eve");
  // Nobody read this account: it may be a guest's too.
  REQUIRE(plan.actions.back().notes.size() == 1);
  CHECK(plan.actions.back().notes[0].find("unknown") != std::string::npos);
  seen.users.insert(seen.users.begin() + 1, {.id = domain::UserId("eve"), .type = "Member"});
  CHECK(build_one(one, policy_with_rule(), seen).actions.back().notes.empty());
  REQUIRE(plan.refused.size() == 2);
  CHECK(plan.refused[0].reason ==
        "revoke-sessions: who uses the tenant-wide grant is unknown: the sign-ins were not read in "
        "full");
  CHECK(plan.refused[1].target == "guest");
}

TEST_CASE(
    "plan: an application that the tenant has never seen is blocked, unless that is unknown") {
  policy::Policy policy = policy_with_rule();
  policy.block = {domain::AppId("ff8d92dc-3d82-41d6-bcbd-b9174d163620")};
  domain::Finding one = finding();
  one.mode = domain::Mode::report;
  const Plan plan = build_one(one, policy);
  REQUIRE(names(plan) ==
          std::vector<std::string>{"block-app ff8d92dc-3d82-41d6-bcbd-b9174d163620",
                                   "confirm-block ff8d92dc-3d82-41d6-bcbd-b9174d163620"});
  CHECK(plan.actions[1].depends == std::vector<std::string>{"a1"});
  CHECK(plan.actions[1].request ==
        Request{"PATCH", "/v1.0/servicePrincipals(appId='ff8d92dc-3d82-41d6-bcbd-b9174d163620')",
                json::object{{"accountEnabled", false}}});
  CHECK(plan.actions[0].request.method == "POST");
  CHECK(plan.actions[0].precondition.request.path.starts_with(
      "/v1.0/servicePrincipals(appId='ff8d92dc-3d82-41d6-bcbd-b9174d163620')?"));
  domain::Snapshot partial = snapshot();
  domain::record(partial.coverage,
                 {.name = "servicePrincipals", .state = domain::SourceState::partial});
  const Plan unknown = build_one(one, policy, partial);
  CHECK(unknown.actions.empty());
  REQUIRE(unknown.refused.size() == 1);
}

TEST_CASE("plan: limits count apps, users and actions; zero is zero; a breach is recorded") {
  struct Case {
    std::string_view name;
    std::function<void(policy::Policy&)> change;
    std::string_view limit;  // empty: no breach
  };
  const Case cases[] = {
      {"within", [](auto&) {}, ""},
      {"no app", [](auto& p) { p.max_apps = 0; }, "max_apps"},
      {"one user", [](auto& p) { p.max_users = 1; }, "max_users"},
      {"six actions", [](auto& p) { p.max_actions = 6; }, "max_actions"},
      {"rule, one user", [](auto& p) { p.rules[0].limits.max_users = 1; }, "rule known max_users"},
      {"rule, no app", [](auto& p) { p.rules[0].limits.max_apps = 0; }, "rule known max_apps"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    policy::Policy policy = policy_with_rule();
    c.change(policy);
    const Plan plan = build_one(finding(), policy);
    CHECK(plan.apps == 1);
    CHECK(plan.users == 2);
    CHECK(plan.breaches.size() == (c.limit.empty() ? 0 : 1));
    if (!plan.breaches.empty()) CHECK(plan.breaches[0].limit == c.limit);
  }
}

TEST_CASE("plan: the same input gives the same bytes, and they read back") {
  const Plan plan = build_one(finding());
  CHECK(to_text(plan) == to_text(build_one(finding())));
  const auto back = parse(to_text(plan));
  REQUIRE_MESSAGE(back, back.error().message);
  CHECK(*back == plan);
}

TEST_CASE("plan: a file that was changed is refused, even with a new digest") {
  const std::string text = to_text(build_one(finding()));
  const auto value = parse_json(text);
  REQUIRE(value);
  const auto changed = [&](const std::function<void(json::object&)>& change, bool reseal) {
    json::value copy = *value;
    change(copy.as_object());
    if (reseal) {
      copy.as_object().erase("digest");
      const std::string digest = sha256_text(canonical_json(copy));
      copy.as_object()["digest"] = digest;
    }
    return parse(canonical_json(copy));
  };
  struct Case {
    std::string_view name;
    std::function<void(json::object&)> change;
    bool reseal;
  };
  const auto action = [](json::object& plan, std::size_t i) -> json::object& {
    return plan["actions"].as_array()[i].as_object();
  };
  const Case cases[] = {
      {"tenant", [](auto& p) { p["tenant"] = "other"; }, false},
      {"an unknown member", [](auto& p) { p["extra"] = true; }, true},
      {"request of another target",
       [&](auto& p) {
         action(p, 1)["request"].as_object()["path"] = "/v1.0/oauth2PermissionGrants/other";
       },
       true},
      {"no precondition left",
       [&](auto& p) { action(p, 0)["precondition"].as_object()["before"] = nullptr; }, true},
      {"effect in other words", [&](auto& p) { action(p, 0)["effect"] = "nothing"; }, true},
      {"a dependency on the future", [&](auto& p) { action(p, 0)["depends"] = json::array{"a2"}; },
       true},
      {"a guard's id that is not what is sent",
       [&](auto& p) { action(p, 0)["target"].as_object()["servicePrincipalId"] = ""; }, true},
      {"another service principal under a grant",
       [&](auto& p) { action(p, 1)["target"].as_object()["servicePrincipalId"] = "sp-x"; }, true},
      {"unknown kind", [&](auto& p) { action(p, 0)["kind"] = "delete-app"; }, true},
      {"a member is missing", [](auto& p) { p.erase("approval"); }, true},
      {"another schema", [](auto& p) { p["schema"] = "clawback.plan/2"; }, true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto result = changed(c.change, c.reseal);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Errc::invalid);
  }
  CHECK(changed([](auto&) {}, true));
  CHECK_FALSE(parse("{\"schema\":\"clawback.plan/1\",\"x\":1.5}"));
}
