#include "cli/rule_test.hpp"

#include <algorithm>
#include <filesystem>

#include "base/file.hpp"
#include "detect/judge.hpp"
#include "evidence/files.hpp"
#include "plan/plan.hpp"

namespace clawback::cli {
namespace {

constexpr std::size_t scenario_max = 16u << 20u;

policy::Policy only(const policy::Policy& policy, policy::Rule rule) {
  policy::Policy out = policy;
  if (rule.mode == domain::Mode::off) rule.mode = domain::Mode::report;
  out.rules = {std::move(rule)};
  out.exceptions.clear();
  out.block.clear();
  return out;
}

std::vector<std::string> decided(const detect::Judgement& judgement, const std::string& rule) {
  std::vector<std::string> out;
  for (const domain::Finding& finding : judgement.findings) {
    if (finding.rule == rule) out.push_back("finding " + finding.app.id.str());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Result<RuleTestOutcome> try_rule(const policy::Policy& policy, const policy::Rule& rule,
                                 const policy::RuleTest& test) {
  const std::filesystem::path file =
      (std::filesystem::path(rule.position.file).parent_path() / test.given).lexically_normal();
  const auto bytes = read_file(file, scenario_max);
  if (!bytes) return bytes.error();
  const auto given = evidence::read_bytes(file.string(), *bytes, {});
  if (!given) return given.error();

  const policy::Policy alone = only(policy, rule);
  const domain::Snapshot& snapshot = given->snapshot;
  const auto judgement = detect::judge(
      snapshot, alone, {.now = snapshot.observed, .ceiling = domain::Mode::automatic});
  const plan::Plan plan = plan::build(snapshot, judgement, alone,
                                      {.now = snapshot.observed,
                                       .id = "00000000-0000-4000-8000-000000000000",
                                       .tool = "clawback " CLAWBACK_VERSION,
                                       .write_client_id = {},
                                       .own_app_ids = {}});
  RuleTestOutcome outcome{.wanted = test.plan, .got = {}};
  // What can only be looked at is not planned.
  const bool sent = plan.inspect_only.empty();
  for (const plan::Action& action : sent ? plan.actions : std::vector<plan::Action>())
    outcome.got.push_back(plan::short_name(action));
  if (test.findings) {
    std::vector<std::string> reported;
    for (const std::string& id : *test.findings) reported.push_back("finding " + id);
    std::sort(reported.begin(), reported.end());
    outcome.wanted.insert(outcome.wanted.end(), reported.begin(), reported.end());
    const std::vector<std::string> found = decided(judgement, rule.id);
    outcome.got.insert(outcome.got.end(), found.begin(), found.end());
  }
  return outcome;
}

}  // namespace clawback::cli
