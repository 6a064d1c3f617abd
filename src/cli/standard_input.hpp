#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"

namespace clawback::cli {

// All of it; more than `bytes_max` is an error.
Result<std::string> read_standard_input(std::size_t bytes_max);

}  // namespace clawback::cli
