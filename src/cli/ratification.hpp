#pragma once

#include <map>
#include <string>

#include "approval/break_glass.hpp"
#include "cli/config.hpp"
#include "journal/store.hpp"
#include "policy/policy.hpp"

namespace clawback::cli {

// By run: the first time that it went out on one person's yes, as the journal noted it then.
Result<std::map<std::string, approval::BrokenGlass>> broken_glass(journal::Store& store);

// Where such a run stands: what `clawback ratify` shows and `clawback run` escalates by. Fetches
// signing keys where somebody signed in with Entra. `more`: a ratification that is not noted yet.
Result<approval::Ratification> ratification_of_run(
    const journal::Run& run, const approval::BrokenGlass& broken, const Config& config,
    const policy::Policy& policy, journal::Store& store, Time now, const std::string& more = {});

// Whether a ratification noted that none was missing any more: that stands, whoever of those people
// is registered today.
Result<bool> was_ratified(const std::string& run, journal::Store& store);

}  // namespace clawback::cli
