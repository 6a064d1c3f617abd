#pragma once

#include "base/result.hpp"
#include "plan/plan.hpp"

namespace clawback::plan {

// What an action of a kind on a target is, in full. The planner fills actions with it, and a plan
// that is read from a file is refused unless every action is what this makes of its kind, target,
// before and after: what an approver sees named is then what is sent.
//
// Needs kind, target and, in `precondition.before` (or `postcondition.after` for inverses), the
// projection of the object. Fills request, precondition, postcondition, reversible, inverse, effect
// and residual. Errc::invalid names the member that is missing.
Result<void> shape(Action& action);

// The paths that reads and writes share.
std::string service_principal_path(const std::string& id);
std::string service_principal_by_app_path(const std::string& app_id);

}  // namespace clawback::plan
