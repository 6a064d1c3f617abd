#include "cli/second_look.hpp"

#include <algorithm>

#include "cli/session.hpp"
#include "plan/kinds.hpp"

namespace clawback::cli {
namespace {

using domain::ActionKind;

const policy::Rule* rule_of(const policy::Policy& policy, const domain::Finding& finding) {
  const auto found =
      std::find_if(policy.rules.begin(), policy.rules.end(),
                   [&](const policy::Rule& rule) { return rule.id == finding.rule; });
  return found != policy.rules.end() ? &*found : nullptr;
}

}  // namespace

evidence::Wanted wanted_by(const Judged& judged) {
  evidence::Wanted wanted;
  for (const domain::Finding& finding : judged.judgement.findings) {
    const policy::Rule* rule = rule_of(judged.policy, finding);
    if (rule == nullptr || finding.mode < domain::Mode::approve || finding.exception) continue;
    if (plan::asks_for(*rule, ActionKind::remove_assignment)) wanted.apps.insert(finding.app.id);
    wanted.admin_consent_requests |= plan::asks_for(*rule, ActionKind::require_admin_consent);
    wanted.conditional_access |= plan::asks_for(*rule, ActionKind::require_managed_client);
    const auto users = plan::users_of(judged.snapshot, finding);
    // Guests among them are known only once they are read.
    const bool people = plan::asks_for(*rule, ActionKind::disable_user) ||
                        plan::asks_for(*rule, ActionKind::revoke_sessions) ||
                        plan::asks_for(*rule, ActionKind::disable_inbox_rule);
    if (people) wanted.users.insert(users.begin(), users.end());
    if (plan::asks_for(*rule, ActionKind::disable_inbox_rule)) {
      wanted.mailboxes.insert(users.begin(), users.end());
    }
  }
  return wanted;
}

Result<void> look_closer(Judged& judged, const Input& input, const Context& context) {
  if (!input.evidence.empty() || !judged.config) return {};
  const evidence::Wanted wanted = wanted_by(judged);
  if (wanted.empty()) return {};
  std::optional<Result<void>> looked;
  const auto use = [&](graph::Reader& reader) -> asio::awaitable<void> {
    auto done = co_await evidence::look_closer(reader, judged.snapshot, wanted, {});
    looked.emplace(std::move(done));
  };
  if (const auto ran = with_reader(*judged.config, context.environment, use); !ran) return ran;
  if (!*looked) return *looked;
  for (const auto name : {domain::source::assignments, domain::source::inbox_rules,
                          domain::source::admin_consent_request_policy,
                          domain::source::conditional_access_policies}) {
    const domain::Source* source = domain::find(judged.snapshot.coverage, name);
    if (source != nullptr) domain::record(judged.judgement.coverage, *source);
  }
  return {};
}

}  // namespace clawback::cli
