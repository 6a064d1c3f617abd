#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"

namespace clawback::cli {

// All of it; more than `bytes_max` is an error.
Result<std::string> read_standard_input(std::size_t bytes_max);

// Up to `size` bytes; 0 at the end.
Result<std::size_t> read_some_standard_input(char* to, std::size_t size);

}  // namespace clawback::cli
