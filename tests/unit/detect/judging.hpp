#pragma once

#include <algorithm>
#include <string_view>

#include "detect/judge.hpp"
#include "support/makers.hpp"
#include "support/shipped_policy.hpp"

namespace clawback::test {

inline const policy::Policy& shipped_policy() {
  static const policy::Policy policy = *policy::parse(shipped_policy_files());
  return policy;
}

inline detect::Judgement judged(const domain::Snapshot& snapshot, const policy::Policy& policy,
                                domain::Mode ceiling = domain::Mode::automatic) {
  return detect::judge(snapshot, policy, {.now = now(), .ceiling = ceiling});
}

inline const domain::Finding* find_finding(const detect::Judgement& judgement,
                                           std::string_view app) {
  const auto found = std::find_if(judgement.findings.begin(), judgement.findings.end(),
                                  [&](const auto& finding) { return finding.app.id.str() == app; });
  return found != judgement.findings.end() ? &*found : nullptr;
}

inline const domain::SignalResult* find_signal(const domain::Finding& finding,
                                               std::string_view id) {
  const auto found = std::find_if(finding.signals.begin(), finding.signals.end(),
                                  [&](const auto& signal) { return signal.id == id; });
  return found != finding.signals.end() ? &*found : nullptr;
}

}  // namespace clawback::test
