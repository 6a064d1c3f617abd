#pragma once

#include <functional>
#include <string>

#include "cli/context.hpp"
#include "journal/store.hpp"
#include "report/model.hpp"

namespace clawback::cli {

// A run with its plan and what became of each action.
Result<report::RunView> view_of(const journal::Run& run, journal::Store& store);
// The same with the approvals that were used for it: for whoever shows it.
Result<report::RunView> whole_view_of(const journal::Run& run, journal::Store& store);
// How it ended, for a script: 0, 6, 7 or 9.
int code_of(const journal::RunState& state);
// Lets `tell` tell of the run that used the plan of this digest, after it ended with exit code
// `code`. That it can't is an error, unless the run itself has more to say: then it is only shown.
Result<int> tell_of_run(const std::string& plan_digest, journal::Store& store, int code,
                        const Context& context,
                        const std::function<Result<void>(const report::RunView&)>& tell);
// Shows it and says how it ended: 0, or 7 when something is left or failed.
Result<int> print_run(const journal::Run& run, journal::Store& store, const Context& context);

}  // namespace clawback::cli
