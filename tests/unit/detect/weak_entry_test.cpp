#include <doctest/doctest.h>

#include "judging.hpp"

using namespace clawback;
using namespace clawback::test;
using domain::Mode;
using domain::Verdict;
using policy::CatalogEntry;
using policy::Confidence;

namespace {

// An application that is an alert without its catalog entry: it reaches all mailboxes by itself.
domain::Snapshot world() {
  auto app = service_principal("sp", em_client_id, "eM Client");
  app.verified_publisher = unverified();
  app.created = days_ago(5);
  auto all = snapshot({app}, {grant("g", "sp", "ada", {"Mail.Read", "offline_access"})});
  all.app_roles = {app_role("r", "sp", "Mail.ReadWrite")};
  return all;
}

policy::Policy policy_with(policy::Match match, Mode mode, Confidence confidence,
                           std::vector<std::string> conflicts) {
  auto policy = shipped_policy();
  policy::Rule rule;
  rule.id = "r";
  rule.mode = mode;
  rule.verdict = Verdict::watch;
  rule.actions = {domain::ActionKind::disable_app};
  rule.match = std::move(match);
  policy.rules = {rule};
  for (CatalogEntry& entry : policy.catalog.entries) {
    if (!entry.app_id || entry.app_id->str() != em_client_id) continue;
    entry.confidence = confidence;
    entry.conflicts = std::move(conflicts);
  }
  return policy;
}

}  // namespace

TEST_CASE("G4: no rule acts unattended on a weak catalog entry, however it is written") {
  policy::Match by_signal;
  by_signal.signals_any = {"D05"};
  policy::Match by_all;
  by_all.signals_all = {"D04", "D05"};
  policy::Match by_id;
  by_id.app_ids = {domain::AppId(em_client_id)};
  policy::Match by_scope;
  by_scope.scopes_any = {"Mail.Read"};
  policy::Match by_entry;
  by_entry.signals_any = {"D01"};
  struct Case {
    std::string_view name;
    policy::Match match;
    Mode mode;
    Confidence confidence;
    std::vector<std::string> conflicts;
    Mode effective;
  };
  const Case cases[] = {
      {"sure entry", by_signal, Mode::automatic, Confidence::high, {}, Mode::automatic},
      {"sure entry, by id", by_id, Mode::contain, Confidence::medium, {}, Mode::contain},
      {"low, by signal", by_signal, Mode::automatic, Confidence::low, {}, Mode::approve},
      {"low, by all signals", by_all, Mode::contain, Confidence::low, {}, Mode::approve},
      {"low, by id", by_id, Mode::automatic, Confidence::low, {}, Mode::approve},
      {"low, by scope", by_scope, Mode::automatic, Confidence::low, {}, Mode::approve},
      {"none", by_id, Mode::contain, Confidence::none, {}, Mode::approve},
      {"contradicted", by_id, Mode::automatic, Confidence::high, {"another says"}, Mode::approve},
      {"low, approve stays", by_id, Mode::approve, Confidence::low, {}, Mode::approve},
      {"low, report stays", by_id, Mode::report, Confidence::low, {}, Mode::report},
      {"low, resting on it", by_entry, Mode::automatic, Confidence::low, {}, Mode::report},
      {"contradicted, resting on it",
       by_entry,
       Mode::approve,
       Confidence::high,
       {"x"},
       Mode::report},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto policy = policy_with(c.match, c.mode, c.confidence, c.conflicts);
    const auto judgement = judged(world(), policy);
    REQUIRE(judgement.findings.size() == 1);
    const auto& finding = judgement.findings[0];
    CHECK(finding.verdict == Verdict::alert);
    CHECK(finding.rule == "r");
    CHECK(finding.mode == c.effective);
    const bool held = c.effective < c.mode;
    CHECK((finding.mode_reason.find("catalog entry is of low confidence or contradicted") !=
           std::string::npos) == held);
  }
}

TEST_CASE("G4: a copied name leads to no unattended action when its owner's entry is weak") {
  struct Case {
    std::string_view name;
    std::vector<std::string> conflicts;
    Mode effective;
  };
  const Case cases[] = {
      {"sure entry", {}, Mode::automatic},
      {"contradicted entry", {"another list says otherwise"}, Mode::approve},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    policy::Match match;
    match.signals_any = {"D02"};
    const auto policy = policy_with(match, Mode::automatic, Confidence::high, c.conflicts);
    auto all = world();
    for (auto& app : all.service_principals) {
      if (app.id.str() == "sp") app.app_id = domain::AppId(app_guid(7));
    }
    const auto judgement = judged(all, policy);
    REQUIRE(judgement.findings.size() == 1);
    CHECK(judgement.findings[0].rule == "r");
    CHECK(judgement.findings[0].mode == c.effective);
  }
}
