#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "lab/server.hpp"

namespace clawback::cli {

// A JSON list:
// [{"kind":"status","operation":"*","after":0,"times":1,"status":503,"retryAfter":"1","delayMs":0}].
Result<std::vector<lab::Fault>> read_faults(const std::string& file);

}  // namespace clawback::cli
