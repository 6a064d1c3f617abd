#pragma once

#include <vector>

#include "policy/policy.hpp"

// The files of a policy folder, each parsed on its own. Errc::invalid with file, line and column.
namespace clawback::policy {

// What a rule is held to by the rest of the policy.
struct RuleFrame {
  std::int64_t max_apps = 0;
  std::int64_t max_users = 0;
  std::int64_t max_actions = 0;
  Consent consent;
  ManagedClient managed_client;
};

Result<Rule> parse_rule(const File& file, const RuleFrame& frame);
Result<std::vector<Exception>> parse_exceptions(const File& file);

// Over the paths as given and the bytes, sorted: callers cut the paths, so that it is the same
// wherever the folder lies.
std::string digest_of(std::vector<File> files);

}  // namespace clawback::policy
