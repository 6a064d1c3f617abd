#pragma once

#include <string>
#include <vector>

#include "domain/snapshot.hpp"

namespace clawback::plan {

// Pure. What the sign-in logs say of mail clients at Exchange Online, in plain lines, bounded: whom
// a rule for managed devices would look at. Which devices were managed the logs don't say.
std::vector<std::string> would_have_stopped(const domain::Snapshot& snapshot);

}  // namespace clawback::plan
