#pragma once

#include <vector>

#include "cli/config.hpp"
#include "cli/context.hpp"
#include "notify/deliver.hpp"

namespace clawback::cli {

// Tells whom [[notify]] names: first what waits in the outbox beside the state database, then this
// message. A test is neither kept nor preceded by what waits. Each outcome is noted; the caller
// journals them. Nobody to tell is nothing. Errc::invalid: [cloud] ca_file can't be used.
Result<std::vector<notify::Delivery>> tell(const Config& config, const notify::Message& message,
                                           const Context& context);

// A message with its id, tenant, time and tool.
notify::Message new_message(const Config& config, const Context& context);

}  // namespace clawback::cli
