#pragma once

#include <string>

#include "cli/context.hpp"
#include "journal/store.hpp"
#include "report/model.hpp"

namespace clawback::cli {

// A run with its plan and what became of each action.
Result<report::RunView> view_of(const journal::Run& run, journal::Store& store);
// How it ended, for a script: 0, 6, 7 or 9.
int code_of(const journal::RunState& state);
// Shows it and says how it ended: 0, or 7 when something is left or failed.
Result<int> print_run(const journal::Run& run, journal::Store& store, const Context& context);

}  // namespace clawback::cli
