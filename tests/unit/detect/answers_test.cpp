#include <doctest/doctest.h>

#include "detect/answers.hpp"
#include "detect/holders.hpp"
#include "judging.hpp"

using namespace clawback;
using namespace clawback::test;
using domain::Mode;
using domain::Says;
using domain::SignalState;
using domain::Verdict;

namespace {

const std::string honest_id = app_guid(7);

policy::Policy with_rules(std::vector<policy::Rule> rules) {
  auto policy = shipped_policy();
  policy.rules = std::move(rules);
  return policy;
}

policy::Rule rule(std::string id, Mode mode, Verdict verdict, std::vector<std::string> any) {
  policy::Rule out;
  out.id = std::move(id);
  out.mode = mode;
  out.verdict = verdict;
  out.actions = {domain::ActionKind::disable_app};
  out.match.signals_any = std::move(any);
  return out;
}

// A catalogued client that Ada uses, and one that nobody knows and only signs in.
domain::Snapshot world() {
  auto client = service_principal("sp", em_client_id, "eM Client");
  client.verified_publisher = unverified();
  client.created = days_ago(5);
  auto honest = service_principal("sp-honest", honest_id, "Harborly");
  auto all =
      snapshot({client, honest}, {grant("g", "sp", "ada", {"IMAP.AccessAsUser.All"}, "sp-exchange"),
                                  grant("h", "sp-honest", "ada", {"User.Read"}),
                                  grant("i", "sp-honest", "bob", {"User.Read"})});
  all.users = {user("ada"), user("bob"), user("eve")};
  domain::normalise(all);
  return all;
}

domain::UserAnswer answer(const std::string& app, const std::string& who, Says says) {
  return {.case_key = detect::case_key(own_tenant, domain::AppId(app)),
          .user = domain::UserId(who),
          .user_principal_name = who + "@contoso.example",
          .says = says,
          .channel = domain::Channel::phone,
          .time = now(),
          .by = "Dana Reyes",
          .account = "local:dana"};
}

detect::Judgement judged_with(const std::vector<domain::UserAnswer>& answers,
                              const policy::Policy& policy) {
  const domain::Memory memory{.answers = answers};
  return detect::judge(world(), policy,
                       {.now = now(), .ceiling = Mode::automatic, .memory = &memory});
}

}  // namespace

TEST_CASE("answers: what each does to a case") {
  struct Row {
    std::string_view name;
    std::vector<domain::UserAnswer> answers;
    SignalState state;
    int more;  // than without an answer
    Mode mode;
    std::string_view reason;
  };
  const Row rows[] = {
      {"nobody was asked", {}, SignalState::not_evaluable, 0, Mode::automatic, ""},
      {"theirs: it takes nothing away, and nothing is sent unattended",
       {answer(em_client_id, "ada", Says::mine)},
       SignalState::miss,
       0,
       Mode::approve,
       "review: the user says it is theirs"},
      {"not theirs",
       {answer(em_client_id, "ada", Says::not_mine)},
       SignalState::hit,
       40,
       Mode::automatic,
       ""},
      {"not sure",
       {answer(em_client_id, "ada", Says::unsure)},
       SignalState::not_evaluable,
       0,
       Mode::automatic,
       ""},
      {"the last word of one person counts",
       {answer(em_client_id, "ada", Says::mine), answer(em_client_id, "ada", Says::not_mine)},
       SignalState::hit,
       40,
       Mode::automatic,
       ""},
      {"two people differ",
       {answer(em_client_id, "ada", Says::not_mine), answer(em_client_id, "bob", Says::mine)},
       SignalState::hit,
       40,
       Mode::approve,
       "review: the user says it is theirs"},
      {"an answer about another application",
       {answer(honest_id, "ada", Says::mine)},
       SignalState::not_evaluable,
       0,
       Mode::automatic,
       ""},
  };
  const auto policy = with_rules({rule("a", Mode::automatic, Verdict::watch, {"D01"})});
  const auto before = judged_with({}, policy);
  const int score = find_finding(before, "sp")->score;
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto judgement = judged_with(row.answers, policy);
    const auto* finding = find_finding(judgement, "sp");
    REQUIRE(finding != nullptr);
    CHECK(find_signal(*finding, "D25")->state == row.state);
    CHECK(finding->score == score + row.more);
    CHECK(finding->mode == row.mode);
    CHECK(finding->mode_reason == row.reason);
    CHECK(finding->verdict >= find_finding(before, "sp")->verdict);
  }
}

TEST_CASE("answers: a denial alone is a case to look at, and never one to act on unattended") {
  const std::vector<domain::UserAnswer> denied = {answer(honest_id, "ada", Says::not_mine)};
  const auto quiet = judged_with({}, with_rules({}));
  CHECK(find_finding(quiet, "sp-honest") == nullptr);

  // By its verdict alone: the rule says nothing of what users say.
  const auto by_verdict =
      judged_with(denied, with_rules({rule("a", Mode::automatic, Verdict::watch, {})}));
  const auto* finding = find_finding(by_verdict, "sp-honest");
  REQUIRE(finding != nullptr);
  CHECK(finding->verdict == Verdict::watch);
  CHECK(finding->mode == Mode::approve);
  CHECK(finding->mode_reason.find("a person decides") != std::string::npos);

  // A rule that names the signal has its author's word for it.
  const auto by_name =
      judged_with(denied, with_rules({rule("a", Mode::contain, Verdict::watch, {"D25"})}));
  CHECK(find_finding(by_name, "sp-honest")->mode == Mode::contain);
}

TEST_CASE("answers: one of two modes that the case has anyway is not lowered by a denial") {
  const auto policy = with_rules({rule("a", Mode::contain, Verdict::alert, {"D01"})});
  const auto judgement = judged_with({answer(em_client_id, "ada", Says::not_mine)}, policy);
  CHECK(find_finding(judgement, "sp")->mode == Mode::contain);
}

TEST_CASE("answers: an exception does not hide what a user denies") {
  auto policy = with_rules({rule("a", Mode::automatic, Verdict::watch, {"D01"})});
  policy::Exception accepted;
  accepted.app_id = domain::AppId(em_client_id);
  accepted.scopes = {"IMAP.AccessAsUser.All"};
  accepted.reason = "CHG-1";
  accepted.owner = "dana@contoso.example";
  accepted.expires = now() + std::chrono::days(30);
  policy.exceptions = {accepted};
  CHECK(find_finding(judged_with({}, policy), "sp")->exception);
  CHECK(find_finding(judged_with({answer(em_client_id, "ada", Says::mine)}, policy), "sp")
            ->exception);
  const auto judgement = judged_with({answer(em_client_id, "ada", Says::not_mine)}, policy);
  const auto* finding = find_finding(judgement, "sp");
  CHECK_FALSE(finding->exception);
  CHECK(finding->mode == Mode::approve);

  // Nor one of which it is not known whether it covers all: a role that can't be resolved.
  auto all = world();
  all.app_roles.push_back({.id = domain::AssignmentId("r"),
                           .principal = domain::ServicePrincipalId("sp"),
                           .resource = domain::ServicePrincipalId("unread"),
                           .role_id = "not-resolved"});
  domain::normalise(all);
  const std::vector<domain::UserAnswer> denied = {answer(em_client_id, "ada", Says::not_mine)};
  for (const bool asked : {false, true}) {
    CAPTURE(asked);
    const domain::Memory memory{.answers = asked ? denied : std::vector<domain::UserAnswer>{}};
    const auto open =
        detect::judge(all, policy, {.now = now(), .ceiling = Mode::automatic, .memory = &memory});
    CHECK(find_finding(open, "sp")->mode == (asked ? Mode::approve : Mode::report));
  }
}

TEST_CASE("answers: who was recorded by name only is the user of that name") {
  auto by_name = answer(em_client_id, "ada", Says::mine);
  by_name.user = domain::UserId();
  by_name.user_principal_name = "ADA@contoso.example";
  const auto judgement =
      judged_with({by_name, answer(em_client_id, "ada", Says::unsure)}, with_rules({}));
  const auto& answers = find_finding(judgement, "sp")->answers;
  REQUIRE(answers.size() == 2);
  CHECK(answers[0].user.str() == "ada");
  CHECK_FALSE(answers[0].last);
  CHECK(answers[1].last);
}

TEST_CASE("holders: a person's applications are in an order that gives nothing away") {
  auto all = world();
  auto microsoft = service_principal("sp-ms", app_guid(8), "Outlook");
  microsoft.owner_tenant = microsoft_tenant;
  auto everyone = service_principal("sp-all", app_guid(9), "Calendar for all");
  all.service_principals.push_back(microsoft);
  all.service_principals.push_back(everyone);
  all.grants.push_back(grant("m", "sp-ms", "ada", {"Mail.Read"}));
  all.grants.push_back(grant("e", "sp-all", "", {"Calendars.Read"}));
  domain::normalise(all);
  const detect::Holders holders(all, shipped_policy(), nullptr);
  const auto names = [&](const std::string& who) {
    std::string out;
    for (const auto& app : holders.apps_of(domain::UserId(who))) out += app.name + ",";
    return out;
  };
  CHECK(names("ada") == "Calendar for all,eM Client,Harborly,");
  CHECK(names("bob") == "Calendar for all,Harborly,");
  CHECK(names("eve") == "Calendar for all,");
  const auto app = holders.find(em_client_id);
  REQUIRE(app);
  CHECK(*holders.find(app->case_key) == *app);
  CHECK(*holders.find(app->case_key.substr(0, 20)) == *app);
  CHECK(*holders.find(app->case_key.substr(7, 12)) == *app);
  CHECK_FALSE(holders.find("sha256:"));
  CHECK_FALSE(holders.find(app_guid(8)));
  CHECK(holders.holders_of(*app).size() == 1);
  CHECK(holders.is_for_everyone(*holders.find(app_guid(9))));
  CHECK(holders.holders_of(*holders.find(app_guid(9))).empty());
  CHECK(holders.user("ADA@contoso.example")->id.str() == "ada");
  CHECK_FALSE(holders.user("nobody@contoso.example"));
}

TEST_CASE("holders: who held it before it was taken back is still one to ask") {
  const auto before = world();
  const domain::Memory none;
  const auto seen = detect::judge(before, shipped_policy(), {.now = now(), .memory = &none}).memory;
  REQUIRE(seen);
  auto after = before;
  std::erase_if(after.grants, [](const auto& one) { return one.id.str() == "g"; });
  const detect::Holders holders(after, shipped_policy(), &*seen);
  const auto people = holders.holders_of(*holders.find(em_client_id));
  REQUIRE(people.size() == 1);
  CHECK(people[0].id.str() == "ada");
}
