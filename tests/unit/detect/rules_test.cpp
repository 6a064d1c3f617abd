#include <doctest/doctest.h>

#include <functional>

#include "judging.hpp"

using namespace clawback;
using namespace clawback::test;
using domain::Mode;
using domain::SourceState;
using domain::Verdict;
namespace source = domain::source;

namespace {

policy::Rule rule(std::string id, Mode mode, std::vector<std::string> any,
                  std::vector<std::string> all = {}) {
  policy::Rule out;
  out.id = std::move(id);
  out.mode = mode;
  out.verdict = Verdict::watch;
  out.actions = {domain::ActionKind::disable_app};
  out.match.signals_any = std::move(any);
  out.match.signals_all = std::move(all);
  return out;
}

domain::Snapshot world() {
  auto app = service_principal("sp", em_client_id, "eM Client");
  app.verified_publisher = unverified();
  app.created = days_ago(5);
  return snapshot({app}, {grant("g", "sp", "ada", {"IMAP.AccessAsUser.All"}, "sp-exchange")});
}

domain::ServicePrincipal& app_of(domain::Snapshot& all) {
  return *std::find_if(all.service_principals.begin(), all.service_principals.end(),
                       [](const auto& app) { return app.id.str() == "sp"; });
}

domain::Finding finding_with(std::vector<policy::Rule> rules, const domain::Snapshot& all,
                             Mode ceiling = Mode::automatic) {
  auto policy = shipped_policy();
  policy.rules = std::move(rules);
  const auto judgement = judged(all, policy, ceiling);
  REQUIRE(judgement.findings.size() == 1);
  return judgement.findings[0];
}

}  // namespace

TEST_CASE("rules: of those that match the one that can do most decides") {
  struct Case {
    std::string_view name;
    std::vector<policy::Rule> rules;
    std::string_view rule;
    Mode mode;
  };
  auto high = rule("c", Mode::contain, {"D01"});
  high.verdict = Verdict::alert;
  const Case cases[] = {
      {"none", {}, "", Mode::report},
      {"no signal of it hits", {rule("a", Mode::approve, {"D02", "D05"})}, "", Mode::report},
      {"not all hit", {rule("a", Mode::approve, {}, {"D01", "D02"})}, "", Mode::report},
      {"off", {rule("a", Mode::off, {"D01"})}, "", Mode::report},
      {"highest mode",
       {rule("a", Mode::report, {"D01"}), rule("b", Mode::contain, {"D01"}),
        rule("c", Mode::approve, {"D01"})},
       "b",
       Mode::contain},
      {"by id among equals",
       {rule("a", Mode::approve, {"D01"}), rule("b", Mode::approve, {"D04"})},
       "a",
       Mode::approve},
      {"automatic", {rule("a", Mode::automatic, {}, {"D01", "D04", "D07"})}, "a", Mode::automatic},
      {"threshold is met", {high}, "c", Mode::contain},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto finding = finding_with(c.rules, world());
    CHECK(finding.rule.value_or("") == c.rule);
    CHECK(finding.mode == c.mode);
    CHECK(finding.mode_reason.empty());
  }
}

TEST_CASE("rules: a finding below a rule's threshold is not its own") {
  auto only_alert = rule("a", Mode::approve, {"D01"});
  only_alert.verdict = Verdict::alert;
  auto less = world();
  less.grants[0].scopes = {"User.Read"};
  app_of(less).verified_publisher = verified();
  const auto finding = finding_with({only_alert}, less);
  CHECK(finding.verdict == Verdict::watch);
  CHECK(!finding.rule);
}

TEST_CASE("rules: all that a match gives must hold") {
  struct Case {
    std::string_view name;
    std::function<void(policy::Match&)> change;
    bool holds;
  };
  const Case cases[] = {
      {"app id", [](auto& m) { m.app_ids = {domain::AppId(em_client_id)}; }, true},
      {"another app id", [](auto& m) { m.app_ids = {domain::AppId(perfectdata_id)}; }, false},
      {"scope", [](auto& m) { m.scopes_any = {"SMTP.Send", "imap.accessasuser.all"}; }, true},
      {"another scope", [](auto& m) { m.scopes_any = {"SMTP.Send"}; }, false},
      {"first seen", [](auto& m) { m.first_seen_within = std::chrono::days(5); }, true},
      {"first seen too long ago", [](auto& m) { m.first_seen_within = std::chrono::days(4); },
       false},
      {"unverified publisher", [](auto& m) { m.unverified_publisher = true; }, true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    auto tested = rule("a", Mode::approve, {"D01"});
    c.change(tested.match);
    CHECK(finding_with({tested}, world()).rule.has_value() == c.holds);
  }
  auto verified_app = world();
  app_of(verified_app).verified_publisher = verified();
  auto tested = rule("a", Mode::approve, {"D01"});
  tested.match.unverified_publisher = true;
  CHECK(!finding_with({tested}, verified_app).rule);
}

TEST_CASE("rules: what is unknown keeps a rule at report, with the reason") {
  struct Case {
    std::string_view name;
    std::function<void(policy::Match&)> match;
    std::function<void(domain::Snapshot&)> change;
    std::string_view reason;
  };
  const Case cases[] = {
      {"a signal", [](auto& m) { m.signals_all = {"D01", "D09"}; },
       [](auto& all) { app_of(all).reply_urls.reset(); }, "D09 could not be evaluated"},
      {"first seen", [](auto& m) { m.first_seen_within = std::chrono::days(30); },
       [](auto& all) { app_of(all).created.reset(); }, "since when"},
      {"a consent in the log does not say that it was the first",
       [](auto& m) { m.first_seen_within = std::chrono::days(30); },
       [](auto& all) {
         app_of(all).created.reset();
         all.audits = {consent_event("au", days_ago(2), "sp", "ada")};
       },
       "since when"},
      {"publisher", [](auto& m) { m.unverified_publisher = true; },
       [](auto& all) { app_of(all).verified_publisher.reset(); }, "publisher"},
      {"part of a source", [](auto& m) { m.signals_any = {"D04"}; },
       [](auto& all) { set_source(all, source::grants, SourceState::partial); },
       "oauth2PermissionGrants was only read in part"},
      {"a weak entry", [](auto&) {},
       [](auto& all) {
         app_of(all).app_id = domain::AppId("854189f9-4c71-44bb-9880-dd0c2f75922a");
       },
       "low confidence"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    auto tested = rule("a", Mode::automatic, {"D01"});
    c.match(tested.match);
    auto all = world();
    c.change(all);
    const auto finding = finding_with({tested}, all);
    CHECK(finding.rule == "a");
    CHECK(finding.mode == Mode::report);
    CAPTURE(finding.mode_reason);
    CHECK(finding.mode_reason.find(c.reason) != std::string::npos);
  }
}

TEST_CASE("rules: one that is held down by evidence gives way to one that is not") {
  auto needs_urls = rule("a", Mode::automatic, {}, {"D01", "D09"});
  auto all = world();
  app_of(all).reply_urls.reset();
  const auto finding = finding_with({needs_urls, rule("b", Mode::approve, {"D01"})}, all);
  CHECK(finding.rule == "b");
  CHECK(finding.mode == Mode::approve);
}

TEST_CASE("rules: an SP-added event in the log says since when") {
  auto tested = rule("a", Mode::approve, {"D01"});
  tested.match.first_seen_within = std::chrono::days(30);
  auto all = world();
  app_of(all).created.reset();
  all.audits = {consent_event("au", days_ago(2), "sp", "ada")};
  all.audits[0].activity = "Add service principal";
  CHECK(finding_with({tested}, all).mode == Mode::approve);
}

TEST_CASE("rules: no mode is above the ceiling of the installation") {
  const auto finding = finding_with({rule("a", Mode::automatic, {"D01"})}, world(), Mode::approve);
  CHECK(finding.mode == Mode::approve);
  CHECK(finding.mode_reason == "this installation's ceiling is approve");
  CHECK(finding_with({rule("a", Mode::approve, {"D01"})}, world(), Mode::approve)
            .mode_reason.empty());
  CHECK(finding_with({}, world(), Mode::off).mode == Mode::off);
}

TEST_CASE("judge: coverage is complete when all that enabled rules need was read") {
  struct Case {
    std::string_view name;
    std::vector<policy::Rule> rules;
    std::string_view gone;
    std::vector<std::string> missing;
  };
  auto removes_roles = rule("a", Mode::approve, {"D01"});
  removes_roles.actions = {domain::ActionKind::remove_app_role};
  const Case cases[] = {
      {"grants are always needed", {}, source::grants, {"oauth2PermissionGrants"}},
      {"service principals too", {}, source::service_principals, {"servicePrincipals"}},
      {"roles are not", {}, source::app_roles, {}},
      {"roles for D05",
       {rule("a", Mode::report, {"D05"})},
       source::app_roles,
       {"appRoleAssignments"}},
      {"roles for removing them", {removes_roles}, source::app_roles, {"appRoleAssignments"}},
      {"a rule that is off needs nothing", {rule("a", Mode::off, {"D05"})}, source::app_roles, {}},
      {"sign-ins are a bonus", {rule("a", Mode::report, {"D01"})}, source::sign_ins, {}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    auto policy = shipped_policy();
    policy.rules = c.rules;
    auto all = world();
    deny(all, c.gone);
    const auto judgement = judged(all, policy);
    CHECK(judgement.missing == c.missing);
    CHECK(judgement.coverage.complete == c.missing.empty());
  }
}
