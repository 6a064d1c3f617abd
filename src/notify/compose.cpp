#include "notify/compose.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace clawback::notify {

Case case_of(const domain::Finding& finding) {
  const bool everyone =
      std::any_of(finding.grants.begin(), finding.grants.end(), [](const domain::Grant& grant) {
        return grant.consent == domain::ConsentType::all_principals;
      });
  return {.key = finding.key,
          .verdict = finding.verdict,
          .app_id = finding.app.app_id.str(),
          .display_name = finding.app.display_name,
          .users = static_cast<std::int64_t>(finding.users.size()),
          .tenant_wide = everyone,
          .rule = finding.rule.value_or(""),
          .state = std::string(domain::name_of(finding.state))};
}

std::vector<Done> done_of(const std::string& run, const plan::Plan& plan,
                          const journal::RunState& state) {
  std::map<std::pair<domain::ActionKind, journal::Phase>, std::int64_t> counts;
  for (const plan::Action& action : plan.actions) {
    const auto found = state.actions.find(action.id);
    const auto phase = found == state.actions.end() ? journal::Phase::waiting : found->second.phase;
    ++counts[{action.kind, phase}];
  }
  std::vector<Done> out;
  for (const auto& [what, count] : counts) {
    out.push_back({.run = run, .kind = what.first, .state = what.second, .count = count});
  }
  return out;
}

Waiting waiting_of(const plan::Plan& plan, const std::string& file) {
  return {.file = file,
          .digest = plan.digest,
          .quorum = plan.quorum,
          .actions = static_cast<std::int64_t>(plan.actions.size()),
          .expires = plan.expires};
}

}  // namespace clawback::notify
