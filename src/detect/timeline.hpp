#pragma once

#include <vector>

#include "detect/case.hpp"
#include "domain/finding.hpp"

namespace clawback::detect {

// Consents, grants and sign-ins of the application in the order of time. Of a long one the oldest
// and the newest are kept.
std::vector<domain::TimelineEntry> timeline(const AppFacts& facts);

}  // namespace clawback::detect
