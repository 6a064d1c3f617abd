#pragma once

#include <string>

#include "base/result.hpp"
#include "cli/config.hpp"
#include "cli/context.hpp"

namespace clawback::cli {

// Who asks for a plan, so that an approval of the same person does not count: `as`, a registered
// person's name, or else "local:<account>" of this process. Errc::approval if nobody is registered
// under `as`.
Result<std::string> requester(const std::string& as, const std::optional<Config>& config,
                              const Context& context);

}  // namespace clawback::cli
