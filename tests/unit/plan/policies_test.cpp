#include <doctest/doctest.h>

#include "plan/access_records.hpp"
#include "plan/kinds.hpp"
#include "plan/plan.hpp"
#include "plan/projection.hpp"
#include "plan/shape.hpp"
#include "support/makers.hpp"

// Actions on the tenant's own policies: what is planned, what is not, and what a plan file may not
// say.
using namespace clawback;
using namespace clawback::plan;
using domain::ActionKind;
namespace source = domain::source;

namespace {

const std::string self = "managePermissionGrantsForSelf.";
const std::string low = self + "microsoft-user-default-low";
const std::string managed = self + "microsoft-user-default-recommended";
const std::string team =
    "ManagePermissionGrantsForOwnedResource.microsoft-dynamically-managed-permissions-for-team";
const std::string chat = "managePermissionGrantsForOwnedResource.chat";
const std::string dana = "0a0a0a0a-0000-4000-8000-000000000001";
const std::string sam = "0a0a0a0a-0000-4000-8000-000000000002";

using Values = std::vector<std::string>;

struct Given {
  domain::Snapshot snapshot;
  policy::Policy policy;
  std::vector<domain::Finding> findings;

  explicit Given(ActionKind kind) {
    domain::ServicePrincipal app = test::service_principal("sp-em", test::em_client_id);
    app.account_enabled = true;
    snapshot = test::snapshot({app});
    snapshot.authorization_policy = domain::AuthorizationPolicy{};
    for (const auto* id : {"microsoft-user-default-low", "microsoft-user-default-recommended"}) {
      snapshot.permission_grant_policies.push_back({.id = id, .display_name = std::nullopt});
    }
    for (const auto name :
         {source::admin_consent_request_policy, source::conditional_access_policies}) {
      test::set_source(snapshot, name, domain::SourceState::read);
    }
    policy::Rule rule;
    rule.id = "r";
    rule.mode = domain::Mode::approve;
    rule.actions = {kind};
    policy.rules = {rule};
    for (const char* key : {"sha256:a", "sha256:b"}) {
      domain::Finding finding;
      finding.key = key;
      finding.app = app;
      finding.ownership = domain::Ownership::third_party;
      finding.rule = "r";
      finding.mode = domain::Mode::approve;
      findings.push_back(finding);
    }
  }

  [[nodiscard]] Plan plan() const {
    detect::Judgement judgement;
    judgement.findings = findings;
    judgement.coverage = snapshot.coverage;
    Plan out = build(snapshot, judgement, policy, {.now = test::now(), .id = "p", .tool = "t"});
    const auto again = parse(to_text(out));
    REQUIRE_MESSAGE(again, again.error().message);
    CHECK(*again == out);
    return out;
  }
};

Given consent(Values assigned, policy::UserConsent wanted) {
  Given out(ActionKind::restrict_consent);
  out.snapshot.authorization_policy->permission_grant_policies_assigned = std::move(assigned);
  out.policy.consent.user_consent = wanted;
  return out;
}

Values sent_list(const Plan& plan) {
  Values out;
  const json::value& body = plan.actions.at(0).request.body;
  for (const json::value& value :
       body.at("defaultUserRolePermissions").at("permissionGrantPoliciesAssigned").as_array()) {
    out.emplace_back(value.as_string());
  }
  return out;
}

json::value with_values(const Values& values) {
  domain::AuthorizationPolicy policy;
  policy.permission_grant_policies_assigned = values;
  return project(policy);
}

Result<void> shaped(ActionKind kind, const json::value& before, const json::value& after) {
  Action action{.kind = kind};
  action.target.id = "authorizationPolicy";
  action.precondition.before = before;
  action.postcondition.after = after;
  return shape(action);
}

}  // namespace

TEST_CASE("restrict-consent: the whole list is written, and only what users give away changes") {
  using enum policy::UserConsent;
  const std::string legacy = self + "microsoft-user-default-legacy";
  const std::string mail =
      "ManagePermissionGrantsForSelf.microsoft-user-allow-default-consent-apps";
  const auto after = [](Values before, policy::UserConsent wanted) {
    return sent_list(consent(std::move(before), wanted).plan());
  };
  const auto nothing = [](Values before, policy::UserConsent wanted) {
    return consent(std::move(before), wanted).plan().actions.empty();
  };
  CHECK(after({::managed, team, mail, chat}, none) == Values{team, chat});
  CHECK(after({team, ::managed, mail, chat}, policy::UserConsent::low) ==
        Values{team, ::low, chat});
  CHECK(after({mail, team, legacy}, policy::UserConsent::managed) == Values{::managed, team});
  CHECK(after({"nonsense", legacy, team, ""}, none) == Values{"nonsense", team, ""});
  // One that is there keeps its place and its spelling.
  const std::string spelled = "ManagePermissionGrantsForSelf.Microsoft-User-Default-Low";
  CHECK(after({legacy, team, spelled}, policy::UserConsent::low) == Values{team, spelled});
  CHECK(nothing({legacy, team}, keep));
  CHECK(nothing({team, ::managed}, policy::UserConsent::managed));
  CHECK(nothing({team, spelled}, policy::UserConsent::low));
  CHECK(nothing({team}, none));
}

TEST_CASE("restrict-consent: planned once, with everything that undoing takes") {
  const Plan plan = consent({managed, team, "odd"}, policy::UserConsent::none).plan();
  REQUIRE(plan.actions.size() == 1);
  const Action& action = plan.actions.front();
  CHECK(short_name(action) == "restrict-consent authorizationPolicy");
  CHECK(action.request.method == "PATCH");
  CHECK(action.request.path == "/v1.0/policies/authorizationPolicy");
  CHECK(action.precondition.request.method == "GET");
  CHECK(action.precondition.before == with_values({managed, team, "odd"}));
  CHECK(action.postcondition.after == with_values({team, "odd"}));
  CHECK(action.reversible == Reversible::exact);
  REQUIRE(action.inverse);
  CHECK(action.inverse->body.at("defaultUserRolePermissions")
            .at("permissionGrantPoliciesAssigned")
            .as_array()
            .size() == 3);
  CHECK(action.effect.find("No longer assigned: " + managed) != std::string::npos);
  CHECK(action.effect.find("none of the known prefixes: odd") != std::string::npos);
  CHECK(plan.apps == 0);
  CHECK(plan.users == 0);
}

TEST_CASE("restrict-consent: refused with the reason, once, where it can't be done safely") {
  const auto reason = [](const Given& given) {
    const Plan plan = given.plan();
    CHECK(plan.actions.empty());
    REQUIRE(plan.refused.size() == 1);
    CHECK(plan.refused.front().target == "authorizationPolicy");
    return plan.refused.front().reason;
  };
  Given unread = consent({managed}, policy::UserConsent::none);
  test::set_source(unread.snapshot, source::authorization_policy, domain::SourceState::denied);
  CHECK(reason(unread).find("was not read") != std::string::npos);
  Given without = consent({self + "x"}, policy::UserConsent::low);
  without.snapshot.permission_grant_policies.clear();
  CHECK(reason(without).find("no consent policy microsoft-user-default-low") != std::string::npos);
  Given unknown = consent({self + "x"}, policy::UserConsent::low);
  test::set_source(unknown.snapshot, source::permission_grant_policies,
                   domain::SourceState::denied);
  CHECK(reason(unknown).find("unknown") != std::string::npos);
  // It never lets users do more.
  CHECK(reason(consent({team}, policy::UserConsent::low)).find("nothing now") != std::string::npos);
  CHECK(reason(consent({low, team}, policy::UserConsent::managed)).find("consent to more") !=
        std::string::npos);
  CHECK(
      reason(consent({std::string(500, 'x'), managed}, policy::UserConsent::none)).find("longer") !=
      std::string::npos);
}

TEST_CASE("restrict-consent: a plan file can't say more than the planner") {
  const auto kind = ActionKind::restrict_consent;
  CHECK(shaped(kind, with_values({managed, team}), with_values({team})));
  CHECK(shaped(kind, with_values({managed, team}), with_values({low, team})));
  // Takes what belongs to owners of teams, changes the order, or writes what nobody knows.
  CHECK_FALSE(shaped(kind, with_values({managed, team}), with_values({})));
  CHECK_FALSE(shaped(kind, with_values({team, chat}), with_values({chat, team})));
  CHECK_FALSE(shaped(kind, with_values({team}), with_values({team, self + "anything"})));
  CHECK_FALSE(shaped(kind, with_values({team}), with_values({team, "nonsense"})));
  CHECK_FALSE(shaped(kind, with_values({team}), with_values({team, low, managed})));
  CHECK_FALSE(shaped(kind, json::value(), with_values({team})));
  CHECK_FALSE(shaped(kind, with_values({team}), json::value()));
  // Restoring brings back what was there, whatever it was, and leaves the rest.
  const auto back = ActionKind::restore_consent;
  CHECK(shaped(back, with_values({team}), with_values({self + "odd one", team})));
  CHECK_FALSE(shaped(back, with_values({team}), with_values({self + "odd one"})));
}

TEST_CASE("require-admin-consent: what is there stays, and reviewers are added") {
  Given given(ActionKind::require_admin_consent);
  given.policy.consent.enable_admin_consent_requests = true;
  given.policy.consent.reviewers = {domain::UserId(dana), domain::UserId(sam)};
  domain::AdminConsentRequestPolicy now;
  now.notify_reviewers = true;
  now.request_duration_in_days = 5;
  now.version = 7;
  const std::string group =
      R"({"query":"/groups/g/transitiveMembers","queryType":"MicrosoftGraph"})";
  now.reviewers = {group,
                   R"({"query":"/v1.0/users/)" + dana + R"(","queryType":"MicrosoftGraph"})"};
  given.snapshot.admin_consent_request_policy = now;
  const Plan plan = given.plan();
  REQUIRE(plan.actions.size() == 1);
  const Action& action = plan.actions.front();
  CHECK(action.request.method == "PUT");
  const json::value& body = action.request.body;
  CHECK(body.as_object().size() == 4);  // no version
  CHECK(body.at("isEnabled") == json::value(true));
  CHECK(body.at("notifyReviewers") == json::value(true));
  CHECK(body.at("requestDurationInDays") == json::value(5));
  REQUIRE(body.at("reviewers").as_array().size() == 3);
  CHECK(body.at("reviewers").at(0) == *parse_json(group));
  CHECK(body.at("reviewers").at(2).at("query") == json::value("/users/" + sam));
  CHECK(action.effect.find("2 reviewers are kept: /groups/g/transitivemembers, /users/" + dana +
                           "; 1 added: /users/" + sam) != std::string::npos);
  REQUIRE(action.inverse);
  CHECK(action.inverse->body.at("isEnabled") == json::value(false));
  CHECK(action.inverse->body.at("reviewers").as_array().size() == 2);

  SUBCASE("already so") {
    now.is_enabled = true;
    now.reviewers.push_back(R"({"query":"/users/)" + sam + R"("})");
    given.snapshot.admin_consent_request_policy = now;
    CHECK(given.plan().actions.empty());
  }
  SUBCASE("a setting that nobody knows would be lost") {
    now.others = {"surprise"};
    given.snapshot.admin_consent_request_policy = now;
    CHECK(given.plan().refused.at(0).reason.find("surprise") != std::string::npos);
  }
  SUBCASE("nobody reviews") {
    now.reviewers.clear();
    given.policy.consent.reviewers.clear();
    given.snapshot.admin_consent_request_policy = now;
    CHECK(given.plan().refused.at(0).reason.find("nobody would review") != std::string::npos);
  }
  SUBCASE("never set up: requests wait as long as Microsoft's default") {
    now.request_duration_in_days = 0;
    given.snapshot.admin_consent_request_policy = now;
    CHECK(given.plan().actions.at(0).request.body.at("requestDurationInDays") == json::value(30));
  }
  SUBCASE("not read") {
    test::set_source(given.snapshot, source::admin_consent_request_policy,
                     domain::SourceState::denied);
    CHECK(given.plan().refused.at(0).reason.find("not read") != std::string::npos);
  }
}

TEST_CASE("require-managed-client: report-only, break-glass left out, made once") {
  Given given(ActionKind::require_managed_client);
  given.policy.managed_client.break_glass = {domain::UserId(sam), domain::UserId(dana)};
  const Plan plan = given.plan();
  REQUIRE(plan.actions.size() == 1);
  const Action& action = plan.actions.front();
  CHECK(action.request.method == "POST");
  CHECK(action.request.path == "/v1.0/identity/conditionalAccess/policies");
  const json::value& body = action.request.body;
  CHECK(body.at("state") == json::value("enabledForReportingButNotEnforced"));
  CHECK(body.at("conditions").at("users").at("excludeUsers") ==
        json::value(json::array{dana, sam}));
  CHECK(body.at("conditions").at("users").at("includeUsers") == json::value(json::array{"All"}));
  CHECK(action.precondition.before.is_null());
  CHECK_FALSE(find_kind(action.kind)->repeatable);
  CHECK_FALSE(action.notes.empty());
  CHECK(action.effect.find("everyone but " + dana + ", " + sam + ".") != std::string::npos);
  const std::string name(body.at("displayName").as_string());
  CHECK(name.starts_with("clawback: managed clients only for Exchange Online ("));

  domain::ConditionalAccessPolicy there{
      .id = "c", .display_name = name, .state = "enabledForReportingButNotEnforced", .rules = {}};
  there.rules = canonical_json(json::object{{"conditions", body.at("conditions")},
                                            {"grantControls", body.at("grantControls")}});
  given.snapshot.conditional_access_policies = {there};
  CHECK(given.plan().actions.empty());
  CHECK(given.plan().refused.empty());
  given.policy.managed_client.enforce = true;
  CHECK(given.plan().refused.at(0).reason.find("is there in the state") != std::string::npos);
  given.snapshot.conditional_access_policies.clear();
  CHECK(given.plan().actions.at(0).request.body.at("state") == json::value("enabled"));
  test::deny(given.snapshot, source::conditional_access_policies);
  CHECK(given.plan().refused.at(0).reason.find("not read") != std::string::npos);
}

TEST_CASE("require-managed-client: what the sign-ins say, and what they don't") {
  domain::Snapshot snapshot = test::snapshot();
  const auto add = [&](std::string id, std::string user, std::string client, std::int64_t error) {
    domain::SignIn one;
    one.id = domain::RecordId(std::move(id));
    one.time = test::now();
    one.app_id = domain::AppId(test::em_client_id);
    one.app_name = "eM Client";
    one.user = domain::UserId(std::move(user));
    one.client_app_used = std::move(client);
    one.error_code = error;
    one.resource = domain::AppId("00000002-0000-0ff1-ce00-000000000000");
    snapshot.sign_ins.push_back(one);
  };
  add("1", "ada", "Mobile Apps and Desktop clients", 0);
  add("2", "ada", "IMAP4", 0);
  add("3", "bob", "Browser", 0);
  add("4", "bob", "IMAP4", 50126);
  const auto lines = would_have_stopped(snapshot);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].find("2 successful ones") != std::string::npos);
  CHECK(lines[0].find("1 user") != std::string::npos);
  CHECK(lines[1] == "eM Client (" + test::em_client_id + "): 2 sign-ins by 1 user");
  CHECK(lines[2].find("unknown") != std::string::npos);
  snapshot.sign_ins[0].resource.reset();
  CHECK(would_have_stopped(snapshot)[2].find("Of 1 sign-in more") != std::string::npos);
  test::deny(snapshot, source::sign_ins);
  CHECK(would_have_stopped(snapshot).at(0).find("were not read") != std::string::npos);
}

TEST_CASE("plan: who could consent before and after, for each kind of person") {
  Given given = consent({self + "microsoft-user-default-legacy", team}, policy::UserConsent::none);
  given.policy.rules[0].actions = {ActionKind::disable_app, ActionKind::restrict_consent};
  given.findings.resize(1);
  given.findings[0].grants = {test::grant("g", "sp-em", "ada", {"Mail.Read"})};
  const Plan plan = given.plan();
  REQUIRE(plan.consent_after.size() == 5);
  CHECK(plan.consent_after[0].find("an ordinary user: now yes; afterwards no (") !=
        std::string::npos);
  CHECK(plan.consent_after[1].find("a guest: now unknown; afterwards no (") != std::string::npos);
  CHECK(plan.consent_after[4].find("if somebody enabled it again, an ordinary user: no (users may "
                                   "not consent for themselves)") != std::string::npos);
  // Without the disabling the restriction alone decides.
  given.policy.rules[0].actions = {ActionKind::restrict_consent};
  CHECK(given.plan().consent_after.size() == 4);
  // It is planned for the first case only, and said of every case that asks for it.
  given.findings.push_back(given.findings[0]);
  given.findings[1].key = "sha256:b";
  given.findings[1].app.display_name = "Other";
  CHECK(given.plan().actions.size() == 1);
  CHECK(given.plan().consent_after.size() == 8);
  given.findings[1].exception = "accepted";
  CHECK(given.plan().consent_after.size() == 4);
}
