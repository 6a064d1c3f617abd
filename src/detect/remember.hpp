#pragma once

#include <vector>

#include "detect/case.hpp"
#include "domain/finding.hpp"
#include "domain/memory.hpp"

namespace clawback::detect {

// Sets the finding's state and since when it is known. A case is `changed` when a person would want
// to be told again: another verdict, other signals that hit, other grants, scopes or roles, a grant
// that was gone and is back, or the whole case was gone in between.
void compare_with_memory(const Case& subject, domain::Finding& finding);

// What the next pass should know: the ledger of all grants of other organisations' applications,
// since when each application is here and when it was last used, and the cases. What could not be
// read this time is kept as it was remembered. `context.memory` must be set.
domain::Memory remember(const Context& context, const std::vector<domain::Finding>& findings);

}  // namespace clawback::detect
