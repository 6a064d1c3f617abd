#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "journal/store.hpp"

namespace clawback::journal {

// A lock on a file beside the database, one per tenant: the system gives it back when the process
// dies.
Result<std::unique_ptr<Lease>> take_file_lease(const std::filesystem::path& database,
                                               const std::string& tenant);

}  // namespace clawback::journal
