#pragma once

#include <vector>

#include "detect/case.hpp"
#include "domain/finding.hpp"

namespace clawback::detect {

// What was given, used, read and set up, in the order of time: audit records of the application,
// its sign-ins, the mailboxes it read, and the inbox rules of its users since it was let in. Of a
// long one the oldest and the newest are kept.
std::vector<domain::TimelineEntry> timeline(const Case& subject);

}  // namespace clawback::detect
