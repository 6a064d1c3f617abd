#pragma once

#include "remediate/progress.hpp"

namespace clawback::remediate {

// Every action that is not done yet: stage after stage is sent, then the effects are read back. An
// Error stops the run where it is; `resume` goes on.
asio::awaitable<Result<void>> drive(Progress& progress);

}  // namespace clawback::remediate
