#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace clawback {

// The whole file; Errc::not_found or Errc::io name it. Larger than `bytes_max` is an error.
Result<std::string> read_file(const std::filesystem::path& path,
                              std::size_t bytes_max = 256u << 20u);

// Refuses (Errc::invalid) a file that group or others can read. One trailing line end is dropped.
Result<Secret> read_secret_file(const std::filesystem::path& path);

// All or nothing: a temporary file beside it, mode 0600 or as given, fsync, rename.
Result<void> write_file(const std::filesystem::path& path, std::string_view bytes,
                        unsigned mode = 0600);

}  // namespace clawback
