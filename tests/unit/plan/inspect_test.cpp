#include <doctest/doctest.h>

#include "plan/explain.hpp"
#include "plan/plan.hpp"
#include "plan/split.hpp"
#include "support/makers.hpp"

using namespace clawback;
using namespace clawback::plan;
using domain::ActionKind;

namespace {

domain::Finding finding(const std::string& sp, int number) {
  domain::Finding out;
  out.key = "sha256:" + sp;
  out.verdict = domain::Verdict::alert;
  out.app = test::service_principal(sp, test::app_guid(number));
  out.ownership = domain::Ownership::third_party;
  out.grants = {test::grant("g-" + sp, sp, "ada", {"Mail.Read"})};
  out.rule = "known";
  out.mode = domain::Mode::approve;
  return out;
}

domain::Finding lowered(const std::string& sp, int number) {
  domain::Finding out = finding(sp, number);
  out.mode = domain::Mode::report;
  out.mode_if_read = domain::Mode::approve;
  out.needs = {"signIns was not read (denied): no licence"};
  return out;
}

policy::Policy rules() {
  policy::Policy out;
  policy::Rule rule;
  rule.id = "known";
  rule.why = "abused before";
  rule.mode = domain::Mode::approve;
  rule.actions = {ActionKind::disable_app, ActionKind::revoke_grant};
  out.rules = {rule};
  return out;
}

domain::Snapshot tenant() {
  domain::Snapshot out;
  out.tenant = test::own_tenant;
  out.users = {{.id = domain::UserId("ada"), .user_principal_name = "ada@contoso.example"},
               {.id = domain::UserId("zoe"), .user_principal_name = "zoe@contoso.example"}};
  return out;
}

Plan built(std::vector<domain::Finding> findings, const domain::Snapshot& seen = tenant()) {
  detect::Judgement judgement;
  judgement.findings = std::move(findings);
  return build(seen, judgement, rules(),
               {.now = test::now(),
                .id = "p1",
                .tool = "t",
                .write_client_id = {},
                .own_app_ids = {},
                .requested_by = "local:ops",
                .evidence = "sha256:e"});
}

}  // namespace

TEST_CASE(
    "plan: what only missing evidence keeps back is planned to be looked at, if it is alone") {
  const Plan plan = built({lowered("sp-1", 1), lowered("sp-2", 2)});
  CHECK(plan.actions.size() == 4);
  CHECK(plan.inspect_only ==
        std::vector<std::string>{"rule known needs what could not be read: signIns was not read "
                                 "(denied): no licence"});
  CHECK(plan.refused.empty());
}

TEST_CASE("plan: what is known in full is not held up by what is not") {
  const Plan plan = built({lowered("sp-1", 1), finding("sp-2", 2)});
  REQUIRE(plan.actions.size() == 2);
  CHECK(plan.actions[0].target.id == "sp-2");
  CHECK(plan.inspect_only.empty());
  REQUIRE(plan.refused.size() == 1);
  CHECK(plan.refused[0].target == "sp-1");
  CHECK(plan.refused[0].reason.find("needs what could not be read: signIns") != std::string::npos);
  CHECK(plan.refused[0].reason.find("1 disable-app, 1 revoke-grant") != std::string::npos);
}

TEST_CASE("plan: a protected application is refused as protected, whatever was not read") {
  domain::Finding one = lowered("sp-1", 1);
  one.app.owner_tenant = test::microsoft_tenant;
  const Plan plan = built({one});
  CHECK(plan.actions.empty());
  CHECK(plan.inspect_only.empty());
  REQUIRE(plan.refused.size() == 1);
  CHECK(plan.refused[0].reason.find("Microsoft") != std::string::npos);
}

TEST_CASE("plan: it names who asked, its evidence and whom it is about") {
  domain::Snapshot seen = tenant();
  seen.sign_ins = {{.id = domain::RecordId("s1"),
                    .app_id = domain::AppId(test::app_guid(1)),
                    .user = domain::UserId("zoe"),
                    .error_code = 0},
                   {.id = domain::RecordId("s2"),
                    .app_id = domain::AppId(test::app_guid(9)),
                    .user = domain::UserId("mal"),
                    .error_code = 0}};
  const Plan plan = built({finding("sp-1", 1)}, seen);
  CHECK(plan.requested_by == "local:ops");
  // An account alone is written as it always was: older plans stay readable.
  CHECK(to_text(plan).find("requestedFrom") == std::string::npos);
  CHECK(plan.evidence == "sha256:e");
  CHECK(plan.affected == std::vector<std::string>{"ada", "zoe"});
  CHECK(plan.names.at("zoe") == "zoe@contoso.example");
}

TEST_CASE("plan: the account behind a name is part of what is signed, and is read back") {
  Plan plan = built({finding("sp-1", 1)});
  plan.requested_by = "Dana";
  const std::string without = plan.digest;
  plan.requested_from = "local:ops";
  seal(plan);
  CHECK(plan.digest != without);
  const auto again = parse(to_text(plan));
  REQUIRE_MESSAGE(again, again.error().message);
  CHECK(again->requested_from == "local:ops");
  CHECK_FALSE(same_work(*again, built({finding("sp-1", 1)})));
}

TEST_CASE("plan: reasons and records of a case are printable, few and short") {
  domain::Finding one = finding("sp-1", 1);
  domain::SignalResult hit{.id = "D04", .state = domain::SignalState::hit, .weight = 25};
  hit.reason = "reads \x1b[2J mail " + std::string(1000, 'x');
  for (int i = 0; i < 20; ++i) hit.evidence.push_back("record \n" + std::to_string(i));
  one.signals = {hit, {.id = "D05", .state = domain::SignalState::miss}};
  const Plan plan = built({one});
  REQUIRE(plan.cases.size() == 1);
  CHECK(plan.cases[0].why == "abused before");
  REQUIRE(plan.cases[0].reasons.size() == 1);
  const Reason& reason = plan.cases[0].reasons[0];
  CHECK(reason.text.find('\x1b') == std::string::npos);
  CHECK(reason.text.size() < 400);
  REQUIRE(reason.records.size() == 6);
  CHECK(reason.records[0].find('\n') == std::string::npos);
  CHECK(reason.records.back() == "and 15 more");
  const auto back = parse(to_text(plan));
  REQUIRE_MESSAGE(back, back.error().message);
  CHECK(*back == plan);
}
