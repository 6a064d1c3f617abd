#pragma once

#include <set>
#include <string>

#include "plan/plan.hpp"
#include "policy/policy.hpp"

// What a plan tells whoever has only the plan: why a rule acts, and on whom.
namespace clawback::plan {

// The signals that speak for it, with their reasons and the first few records.
CaseReasons reasons_of(const domain::Finding& finding, const policy::Rule& rule);

// What the users of the plan's cases say is theirs: whoever approves it is to know.
std::vector<std::string> claims_of(const detect::Judgement& judgement,
                                   const std::vector<CaseReasons>& cases);

// Sorted ids with their user principal names, as far as those were read.
void set_affected(Plan& plan, const std::set<std::string>& users, const domain::Snapshot& snapshot);

// "rule r needs what could not be read: signIns was not read (denied)"
std::string needs_words(const domain::Finding& finding);

// "1 disable-app, 2 revoke-grant", in the order of sending; "nothing" if there is none.
std::string kinds_words(const std::vector<Action>& actions);

}  // namespace clawback::plan
