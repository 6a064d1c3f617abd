#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "policy/policy.hpp"

namespace clawback::cli {

// What a rule's own test wanted, and what came of it.
struct RuleTestOutcome {
  std::vector<std::string> wanted;
  std::vector<std::string> got;
  [[nodiscard]] bool passed() const { return wanted == got; }
};

// The rule by itself, without the policy's other rules, exceptions and tombstones, on the test's
// scenario at the moment that it was observed. A rule that is off is tried as one that reports.
Result<RuleTestOutcome> try_rule(const policy::Policy& policy, const policy::Rule& rule,
                                 const policy::RuleTest& test);

}  // namespace clawback::cli
