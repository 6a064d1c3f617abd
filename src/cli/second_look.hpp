#pragma once

#include "cli/judged.hpp"
#include "evidence/second_look.hpp"

namespace clawback::cli {

// Pure. What the actions of the rules that plan something need to know beyond a scan.
evidence::Wanted wanted_by(const Judged& judged);

// Reads it from the tenant before a plan is made, and says so in the coverage. Evidence that came
// from files stays as it is: what it lacks, the plan refuses with its reason.
Result<void> look_closer(Judged& judged, const Input& input, const Context& context);

}  // namespace clawback::cli
