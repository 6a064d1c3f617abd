#pragma once

#include <filesystem>

#include "base/result.hpp"

namespace clawback::evidence {

// If the folder holds a manifest of `clawback collect`, its files must be what it says:
// Errc::invalid names the one that was changed or is missing.
Result<void> check_manifest(const std::filesystem::path& folder);

}  // namespace clawback::evidence
