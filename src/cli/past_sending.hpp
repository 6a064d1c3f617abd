#pragma once

#include <string>

#include "cli/config.hpp"
#include "plan/plan.hpp"

namespace clawback::cli {

// A plan that `apply` would refuse whoever signs it. Errc::approval: somebody rejected it, as the
// database or this file of signatures says; Errc::stale: a run has used it and is through. The
// database is asked if it is there and opens: an approver's own account often can't, and `apply`
// asks in any case.
Result<void> check_sendable(const plan::Plan& plan, const std::string& approvals,
                            const Config& config);

}  // namespace clawback::cli
