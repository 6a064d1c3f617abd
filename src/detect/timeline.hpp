#pragma once

#include <vector>

#include "detect/case.hpp"
#include "domain/finding.hpp"

namespace clawback::detect {

// What was given, used, read and set up, in the order of time: audit records of the application,
// its sign-ins (those behind a consent are marked, also where they were to something else), the
// mailboxes it read, and the inbox rules of its users since they let it in. Of a long one the
// oldest and the newest are kept, and up to half of it stays for audit records, sign-ins behind
// consents and rules.
std::vector<domain::TimelineEntry> timeline(const Case& subject);

}  // namespace clawback::detect
