#pragma once

#include "detect/case.hpp"
#include "domain/finding.hpp"

namespace clawback::detect {

// From a finding's signals, history and answers: score, verdict, existence, rule and mode. What a
// user denied (D25) lifts no mode above approve by itself: only a rule that names the signal acts
// on it without a person.
void decide(const Case& subject, domain::Mode ceiling, domain::Finding& finding);

}  // namespace clawback::detect
