#pragma once

#include "approval/break_glass.hpp"
#include "cli/config.hpp"
#include "journal/store.hpp"
#include "policy/policy.hpp"

namespace clawback::cli {

// Where a run stands that one person approved: what `clawback ratify` shows and `clawback run`
// escalates by. Fetches signing keys where somebody signed in with Entra and none were recorded.
Result<approval::Ratification> ratification_of_run(const journal::Run& run, const Config& config,
                                                   const policy::Policy& policy,
                                                   journal::Store& store, Time now);

}  // namespace clawback::cli
