#pragma once

#include "remediate/progress.hpp"

namespace clawback::remediate {

// Reads back what was sent, in rounds with growing pauses, until each effect shows in two agreeing
// reads or its window is over. Answers true as soon as something can be sent (again): a request
// that may have been lost, whose object has looked untouched long enough, or an action whose
// dependency shows its effect at last.
asio::awaitable<Result<bool>> verify(Progress& progress);

}  // namespace clawback::remediate
