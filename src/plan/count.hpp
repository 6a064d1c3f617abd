#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace clawback::plan {

// Whom and what a list of actions reaches. Users: whose grant, assignment, account, sessions or
// inbox rule is changed. Whom a tenant-wide grant, an app role or a group's assignment reaches is
// known to nobody by name, so no limit on users counts them.
struct Counts {
  std::int64_t apps = 0;
  std::int64_t users = 0;
  std::int64_t actions = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
};
Counts count(const std::vector<Action>& actions);
std::set<std::string> apps_of(const std::vector<Action>& actions);   // application ids
std::set<std::string> users_of(const std::vector<Action>& actions);  // object ids
std::string owner_of(const Target& target);  // whose account or mailbox it is, or empty

// Limits of the policy and of each rule that these actions go over. Asked when planning, and again
// with the policy of the day before anything is sent.
std::vector<Breach> breaches(const std::vector<Action>& actions, const policy::Policy& policy);

}  // namespace clawback::plan
