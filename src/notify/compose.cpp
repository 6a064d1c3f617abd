#include "notify/compose.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace clawback::notify {
namespace {

// What an address can't hold, or ends with.
bool ends_address(char c) {
  constexpr std::string_view ends = " \t\r\n\"(),;<>[]{}/?=&|\\";
  return ends.find(c) != std::string_view::npos;
}

bool is_address(std::string_view word) {
  return word.find('@') != std::string_view::npos || word.find("%40") != std::string_view::npos;
}

void hide_addresses(std::string& text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = at;
    while (end < text.size() && !ends_address(text[end])) ++end;
    const auto word = std::string_view(text).substr(at, end - at);
    out += is_address(word) ? "(address)" : word;
    if (end < text.size()) out += text[end++];
    at = end;
  }
  text = std::move(out);
}

}  // namespace

Message without_addresses(Message message) {
  for (Case& found : message.found) hide_addresses(found.display_name);
  for (FollowUp& found : message.followup) {
    hide_addresses(found.object_id);
    hide_addresses(found.display_name);
    hide_addresses(found.detail);
  }
  for (std::string& error : message.errors) hide_addresses(error);
  return message;
}

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
