#include <doctest/doctest.h>

#include <functional>
#include <string_view>

#include "base/digest.hpp"
#include "plan/count.hpp"
#include "plan/plan.hpp"
#include "support/makers.hpp"

using namespace clawback;
using namespace clawback::plan;
using domain::ActionKind;

namespace {

const std::string zero = "00000000-0000-0000-0000-000000000000";

domain::InboxRule inbox_rule(std::string id, bool forwards, bool hides) {
  return {.id = std::move(id),
          .name = "..",
          .enabled = true,
          .read_only = false,
          .forwards = forwards,
          .hides = hides,
          .recipients =
              forwards ? std::vector<std::string>{"drop@out.example"} : std::vector<std::string>{}};
}

domain::Assignment assigned(std::string id, std::string who, std::string type = "User") {
  return {.id = domain::AssignmentId(std::move(id)),
          .principal = std::move(who),
          .principal_type = std::move(type),
          .resource = domain::ServicePrincipalId("sp-em"),
          .role_id = zero};
}

// One case: eM Client with two users, as a scan and a second look at it would show it.
struct Case {
  Case() {
    seen = test::snapshot({test::service_principal("sp-em", test::em_client_id, "eM Client")},
                          {test::grant("g-ada", "sp-em", "ada", {"Mail.Read", "User.Read"}),
                           test::grant("g-bob", "sp-em", "bob", {"IMAP.AccessAsUser.All"}),
                           test::grant("g-eve", "sp-em", "eve", {"openid", "profile"})});
    seen.users = {test::user("ada"), test::user("bob"), test::user("eve")};
    seen.assignments = {{.app = domain::ServicePrincipalId("sp-em"),
                         .assignments = {assigned("x-ada", "ada"), assigned("x-all", "g1", "Group"),
                                         assigned("x-sp", "sp-other", "ServicePrincipal")}}};
    seen.inbox_rules = {
        {.user = domain::UserId("ada"),
         .rules = {inbox_rule("R1=", true, false), inbox_rule("R2=", false, false)}},
        {.user = domain::UserId("bob"), .rules = {inbox_rule("R1=", false, true)}},
        {.user = domain::UserId("eve"), .rules = {}}};
    rule.id = "known";
    rule.mode = domain::Mode::approve;
  }

  Plan plan(std::vector<ActionKind> kinds) {
    rule.actions = std::move(kinds);
    policy.rules = {rule};
    domain::normalise(seen);
    domain::Finding finding;
    finding.key = "sha256:case";
    finding.app = seen.service_principals.back();
    for (const auto& app : seen.service_principals) {
      if (app.id.str() == "sp-em") finding.app = app;
    }
    finding.ownership = domain::Ownership::third_party;
    finding.grants = seen.grants;
    finding.rule = "known";
    finding.mode = domain::Mode::approve;
    detect::Judgement judgement;
    judgement.findings = {finding};
    judgement.coverage = seen.coverage;
    return build(seen, judgement, policy,
                 {.now = test::now(), .id = "p1", .tool = "test", .approvers = approvers});
  }

  domain::Snapshot seen;
  policy::Policy policy;
  policy::Rule rule;
  std::vector<domain::UserId> approvers;
};

std::vector<std::string> names(const Plan& plan) {
  std::vector<std::string> out;
  for (const Action& action : plan.actions) out.push_back(short_name(action));
  return out;
}

bool says(const Plan& plan, std::string_view target, std::string_view reason) {
  for (const Refusal& one : plan.refused) {
    if (one.target == target && one.reason.find(reason) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("plan: a grant keeps what reaches no mail, goes when nothing is left, or is left alone") {
  const Plan plan = Case().plan({ActionKind::narrow_grant});
  REQUIRE(names(plan) == std::vector<std::string>{"revoke-grant g-bob", "narrow-grant g-ada"});
  const Action& narrow = plan.actions[1];
  CHECK(narrow.request == Request{"PATCH", "/v1.0/oauth2PermissionGrants/g-ada",
                                  json::object{{"scope", "User.Read"}}});
  REQUIRE(narrow.inverse);
  CHECK(narrow.inverse->body == json::value{{"scope", "Mail.Read User.Read"}});
  CHECK(narrow.reversible == Reversible::exact);
  CHECK(narrow.effect ==
        "The application loses Mail.Read for one user's mailbox, and keeps User.Read.");
  CHECK(parse(to_text(plan)));
}

TEST_CASE("plan: which scopes reach mail, however they are spelled") {
  struct Scope {
    std::string_view scope;
    bool kept;
  };
  const Scope cases[] = {{"openid", true},
                         {"offline_access", true},
                         {"User.Read", true},
                         {"Calendars.Read", true},
                         {"mail.READ", false},
                         {"https://outlook.office.com/IMAP.AccessAsUser.All", false},
                         {"MailboxSettings.ReadWrite", false},
                         {"SMTP.Send", false}};
  for (const Scope& c : cases) {
    CAPTURE(c.scope);
    Case one;
    one.seen.grants = {
        test::grant("g", "sp-em", "ada", {std::string(c.scope), "Mail.Send", "email"})};
    const Plan plan = one.plan({ActionKind::narrow_grant});
    REQUIRE(names(plan) == std::vector<std::string>{"narrow-grant g"});
    const std::string sent(plan.actions[0].request.body.at("scope").as_string());
    CHECK((sent.find(c.scope) != std::string::npos) == c.kept);
  }
  Case one;
  one.seen.grants = {test::grant("g", "sp-em", "ada", {std::string(200, 'x'), "email"})};
  CHECK(one.plan({ActionKind::narrow_grant}).actions[0].request.body.at("scope").as_string() ==
        "email");
}

TEST_CASE("plan: users and groups lose their assignment, applications keep theirs") {
  const Plan plan = Case().plan({ActionKind::remove_assignment});
  REQUIRE(names(plan) ==
          std::vector<std::string>{"remove-assignment x-ada", "remove-assignment x-all"});
  CHECK(plan.actions[0].request ==
        Request{"DELETE", "/v1.0/servicePrincipals/sp-em/appRoleAssignedTo/x-ada", nullptr});
  REQUIRE(plan.actions[0].inverse);
  CHECK(plan.actions[0].inverse->path == "/v1.0/servicePrincipals/sp-em/appRoleAssignedTo");
  CHECK(plan.actions[0].inverse->body ==
        json::value{{"principalId", "ada"}, {"resourceId", "sp-em"}, {"appRoleId", zero}});
  CHECK(plan.users == 1);
  CHECK(plan.refused.empty());
}

TEST_CASE("plan: only rules that forward or hide are switched off, each by its padded id") {
  const Plan plan = Case().plan({ActionKind::disable_inbox_rule});
  REQUIRE(names(plan) ==
          std::vector<std::string>{"disable-inbox-rule ada/R1=", "disable-inbox-rule bob/R1="});
  CHECK(plan.actions[0].request == Request{"PATCH",
                                           "/v1.0/users/ada/mailFolders/inbox/messageRules/R1%3D",
                                           json::object{{"isEnabled", false}}});
  CHECK(plan.actions[0].effect.find("forwards mail to drop@out.example") != std::string::npos);
  CHECK(plan.actions[1].effect.find("hides mail") != std::string::npos);
  CHECK(plan.users == 2);
  CHECK(parse(to_text(plan)));
}

TEST_CASE("plan: accounts are disabled, of guests it is said what that means") {
  Case one;
  one.seen.users[1].type = "Guest";
  const Plan plan = one.plan({ActionKind::disable_user});
  REQUIRE(names(plan) ==
          std::vector<std::string>{"disable-user ada", "disable-user bob", "disable-user eve"});
  CHECK(plan.actions[0].request ==
        Request{"PATCH", "/v1.0/users/ada", json::object{{"accountEnabled", false}}});
  CHECK(plan.actions[0].reversible == Reversible::exact);
  CHECK(plan.actions[1].effect.find("guest's account in this tenant") != std::string::npos);
  CHECK(parse(to_text(plan)));
}

TEST_CASE("plan: what is left alone, and the reason that is printed") {
  struct Refused {
    std::string_view name;
    ActionKind kind;
    std::function<void(Case&)> change;
    std::string_view target;
    std::string_view reason;
    std::vector<std::string> planned;
  };
  namespace source = domain::source;
  const Refused cases[] = {
      {"protected by the policy",
       ActionKind::disable_user,
       [](Case& c) { c.policy.protected_users = {domain::UserId("ada")}; },
       "ada",
       "the policy protects this user",
       {"disable-user bob", "disable-user eve"}},
      {"a way in for emergencies",
       ActionKind::disable_user,
       [](Case& c) { c.policy.managed_client.break_glass = {domain::UserId("ada")}; },
       "ada",
       "this is a break-glass account",
       {"disable-user bob", "disable-user eve"}},
      {"an approver",
       ActionKind::disable_user,
       [](Case& c) { c.approvers = {domain::UserId("bob")}; },
       "bob",
       "approves plans",
       {"disable-user ada", "disable-user eve"}},
      {"enabled or not is unknown",
       ActionKind::disable_user,
       [](Case& c) { c.seen.users[0].account_enabled.reset(); },
       "ada",
       "whether the account is enabled is unknown",
       {"disable-user bob", "disable-user eve"}},
      {"a user that was not read",
       ActionKind::disable_user,
       [](Case& c) { c.seen.users.pop_back(); },
       "eve",
       "the user was not read",
       {"disable-user ada", "disable-user bob"}},
      {"assignments that were not read",
       ActionKind::remove_assignment,
       [](Case& c) {
         c.seen.assignments.clear();
         domain::record(c.seen.coverage, {.name = std::string(source::assignments),
                                          .state = domain::SourceState::denied,
                                          .reason = "needs Application.Read.All"});
       },
       "sp-em",
       "was not read: needs Application.Read.All",
       {}},
      {"an inbox that was not read",
       ActionKind::disable_inbox_rule,
       [](Case& c) { c.seen.inbox_rules.erase(c.seen.inbox_rules.begin()); },
       "ada",
       "the inbox rules were not read",
       {"disable-inbox-rule bob/R1="}},
      {"the inbox of a guest",
       ActionKind::disable_inbox_rule,
       [](Case& c) {
         c.seen.users[0].type = "Guest";
         c.seen.inbox_rules.erase(c.seen.inbox_rules.begin());
       },
       "ada",
       "a guest's mailbox is in the home tenant",
       {"disable-inbox-rule bob/R1="}},
      {"a rule that can't be changed",
       ActionKind::disable_inbox_rule,
       [](Case& c) { c.seen.inbox_rules[0].rules[0].read_only = true; },
       "ada/R1=",
       "read-only",
       {"disable-inbox-rule bob/R1="}},
      {"a rule of which it is not known whether it runs",
       ActionKind::disable_inbox_rule,
       [](Case& c) { c.seen.inbox_rules[0].rules[0].enabled.reset(); },
       "ada/R1=",
       "whether it is enabled is unknown",
       {"disable-inbox-rule bob/R1="}},
      {"a rule whose id would be a path",
       ActionKind::disable_inbox_rule,
       [](Case& c) { c.seen.inbox_rules[0].rules[0].id = "../x"; },
       "ada/../x",
       "can be sent",
       {"disable-inbox-rule bob/R1="}},
      {"users of a tenant-wide grant without sign-ins",
       ActionKind::disable_inbox_rule,
       [](Case& c) {
         c.seen.grants = {test::grant("g-all", "sp-em", "", {"Mail.Read"})};
         test::deny(c.seen, source::sign_ins);
       },
       "sp-em",
       "who uses the tenant-wide grant is unknown",
       {}},
  };
  for (const Refused& c : cases) {
    CAPTURE(c.name);
    Case one;
    c.change(one);
    const Plan plan = one.plan({c.kind});
    CHECK(names(plan) == c.planned);
    CHECK(says(plan, c.target, c.reason));
  }
}

TEST_CASE("plan: what is so already is not planned and needs no word") {
  Case one;
  for (domain::User& user : one.seen.users) user.account_enabled = false;
  for (domain::InboxRules& inbox : one.seen.inbox_rules) {
    for (domain::InboxRule& rule : inbox.rules) rule.enabled = false;
  }
  const Plan plan = one.plan({ActionKind::disable_user, ActionKind::disable_inbox_rule});
  CHECK(plan.actions.empty());
  CHECK(plan.refused.empty());
}

TEST_CASE("plan: forged actions of these kinds are refused, even with a new digest") {
  const std::string text =
      to_text(Case().plan({ActionKind::disable_user, ActionKind::narrow_grant,
                           ActionKind::remove_assignment, ActionKind::disable_inbox_rule}));
  const auto value = parse_json(text);
  REQUIRE(value);
  const auto forged = [&](std::string_view kind, const std::function<void(json::object&)>& change) {
    json::value copy = *value;
    for (json::value& action : copy.at("actions").as_array()) {
      if (action.at("kind").as_string() != kind) continue;
      change(action.as_object());
      break;
    }
    copy.as_object().erase("digest");
    const std::string digest = sha256_text(canonical_json(copy));
    copy.as_object()["digest"] = digest;
    return parse(canonical_json(copy));
  };
  struct Forged {
    std::string_view kind;
    std::string_view name;
    std::function<void(json::object&)> change;
  };
  const Forged cases[] = {
      {"narrow-grant", "keeps mail",
       [](auto& a) { a["request"].at("body").as_object()["scope"] = "Mail.Read User.Read"; }},
      {"narrow-grant", "keeps mail, and says so afterwards",
       [](auto& a) {
         a["request"].at("body").as_object()["scope"] = "Mail.Read User.Read";
         a["postcondition"].at("after").as_object()["scopes"] =
             json::array{"Mail.Read", "User.Read"};
       }},
      {"narrow-grant", "more than it was",
       [](auto& a) { a["request"].at("body").as_object()["scope"] = "Files.Read.All User.Read"; }},
      {"disable-user", "enables",
       [](auto& a) { a["request"].at("body").as_object()["accountEnabled"] = true; }},
      {"disable-user", "somebody else",
       [](auto& a) { a["request"].as_object()["path"] = "/v1.0/users/dana"; }},
      {"disable-user", "a guest who is none",
       [](auto& a) { a["precondition"].at("before").as_object()["userType"] = "Guest"; }},
      {"remove-assignment", "of another application",
       [](auto& a) {
         a["request"].as_object()["path"] = "/v1.0/servicePrincipals/sp-x/appRoleAssignedTo/x-ada";
       }},
      {"remove-assignment", "of an application",
       [](auto& a) {
         a["precondition"].at("before").as_object()["principalType"] = "ServicePrincipal";
       }},
      {"disable-inbox-rule", "another mailbox",
       [](auto& a) {
         a["request"].as_object()["path"] = "/v1.0/users/dana/mailFolders/inbox/messageRules/R1%3D";
       }},
      {"disable-inbox-rule", "a harmless one",
       [](auto& a) { a["precondition"].at("before").as_object()["forwards"] = false; }},
  };
  CHECK(forged("disable-user", [](auto&) {}));
  for (const Forged& c : cases) {
    CAPTURE(c.kind);
    CAPTURE(c.name);
    const auto result = forged(c.kind, c.change);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Errc::invalid);
  }
}
