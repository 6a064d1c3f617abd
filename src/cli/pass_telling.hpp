#pragma once

#include <optional>
#include <vector>

#include "cli/pass.hpp"
#include "cli/unattended.hpp"
#include "domain/finding.hpp"

namespace clawback::cli {

// Tells whom [[notify]] names what is new in a pass: new and changed cases, runs, a plan that waits
// since now, what follow-up looks found, escalations and errors. A pass in which nothing is new
// tells nobody, and still sends what earlier ones could not. Notes "notified".
void tell_of(Pass& pass, const std::vector<domain::Finding>& findings,
             const std::optional<plan::Plan>& waits, const Unattended& with,
             const Context& context);

}  // namespace clawback::cli
