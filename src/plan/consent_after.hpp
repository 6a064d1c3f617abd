#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace clawback::plan {

// Pure. Who could consent to each application of these actions, now and after them, in plain and
// bounded lines.
std::vector<std::string> consent_after(const domain::Snapshot& snapshot,
                                       const detect::Judgement& judgement,
                                       const policy::Policy& policy,
                                       const std::vector<Action>& actions);

}  // namespace clawback::plan
