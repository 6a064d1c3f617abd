#pragma once

#include <string>

#include "approval/approval.hpp"
#include "journal/store.hpp"

namespace clawback::remediate {

// An approval is used once: by this run. Errc::approval if another run used it. Asked when a run
// starts and again when it goes on, since it may have stopped in between.
Result<void> use_approvals(const approval::ApprovedPlan& approved, const std::string& run,
                           journal::Store& store, Time now);

}  // namespace clawback::remediate
