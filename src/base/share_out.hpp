#pragma once

#include <cstddef>
#include <functional>

namespace clawback {

// Calls `work` for 0 to count - 1, each once, on as many threads as there are cores (at most 8)
// when there is enough to do; returns when all are done. The order is not defined: each call may
// only write what is its own. What it throws ends the program.
void share_out(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace clawback
