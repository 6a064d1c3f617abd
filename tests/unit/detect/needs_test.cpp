#include <doctest/doctest.h>

#include "judging.hpp"

using namespace clawback;
using namespace clawback::test;
using domain::Mode;
namespace source = domain::source;

namespace {

policy::Policy with_rule(Mode mode, std::vector<std::string> any) {
  auto out = shipped_policy();
  policy::Rule rule;
  rule.id = "a";
  rule.mode = mode;
  rule.verdict = domain::Verdict::watch;
  rule.actions = {domain::ActionKind::disable_app};
  rule.match.signals_any = std::move(any);
  out.rules = {rule};
  return out;
}

// Everything was read but, if it is named, one source.
domain::Snapshot world(std::string_view unread = {}) {
  auto app = service_principal("sp", em_client_id, "eM Client");
  app.verified_publisher = unverified();
  app.created = days_ago(5);
  auto out = snapshot({app}, {grant("g", "sp", "ada", {"IMAP.AccessAsUser.All"}, "sp-exchange")});
  for (auto& one : out.coverage.sources) {
    if (one.name != unread) continue;
    one.state = domain::SourceState::partial;
    one.reason = "page 3 was refused";
  }
  return out;
}

domain::Finding finding_in(const domain::Snapshot& all, const policy::Policy& policy,
                           Mode ceiling = Mode::automatic) {
  const auto judgement = judged(all, policy, ceiling);
  const auto* found = find_finding(judgement, "sp");
  REQUIRE(found != nullptr);
  return *found;
}

}  // namespace

TEST_CASE("needs: what was not read, if that alone keeps a rule from acting") {
  const auto policy = with_rule(Mode::contain, {"D04"});
  const auto known = finding_in(world(), policy);
  CHECK(known.mode == Mode::contain);
  CHECK(known.needs.empty());
  const auto lowered = finding_in(world(source::grants), policy);
  CHECK(lowered.mode == Mode::report);
  CHECK(lowered.mode_if_read == Mode::contain);
  REQUIRE_FALSE(lowered.needs.empty());
  CHECK(lowered.needs[0].find("oauth2PermissionGrants was only read in part") != std::string::npos);
}

TEST_CASE("needs: nothing is needed where a rule would not act anyway") {
  CHECK(finding_in(world(source::grants), with_rule(Mode::report, {"D04"})).needs.empty());
  CHECK(finding_in(world(source::grants), with_rule(Mode::contain, {"D04"}), Mode::report)
            .needs.empty());
  auto own = world(source::grants);
  for (auto& app : own.service_principals) {
    if (app.id.str() == "sp") app.owner_tenant = own_tenant;
  }
  const auto judgement = judged(own, with_rule(Mode::contain, {"D04"}));
  const auto* found = find_finding(judgement, "sp");
  if (found != nullptr) CHECK(found->needs.empty());
}

TEST_CASE("needs: the ceiling holds what would be done down too") {
  const auto lowered =
      finding_in(world(source::grants), with_rule(Mode::automatic, {"D04"}), Mode::approve);
  CHECK(lowered.mode_if_read == Mode::approve);
  CHECK_FALSE(lowered.needs.empty());
}
