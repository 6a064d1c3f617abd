#pragma once

#include <string>

#include "base/result.hpp"

namespace clawback::cli {

// Starts `program` with the address as its one argument: no shell reads either. What it writes goes
// nowhere. It is not waited for. Errc::io if it can't be started.
Result<void> open_in_browser(const std::string& program, const std::string& address);

}  // namespace clawback::cli
