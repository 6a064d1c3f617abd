#pragma once

#include <vector>

#include "remediate/progress.hpp"

namespace clawback::remediate {

// Looks at these actions and sends those that are as planned, in envelopes, several at a time; what
// Graph throttles on its own goes alone and one after the other. Returns when each one is
// acknowledged, needs nothing, or can't be sent now. A reason to stop is in `progress`.
asio::awaitable<void> send_stage(Progress& progress, std::vector<const plan::Action*> actions);

}  // namespace clawback::remediate
