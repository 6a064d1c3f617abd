#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "journal/store.hpp"

// The kill switch has two halves, and either stops every request that would change a tenant: the
// row in the journal (who and why; Store::halt), and a file that an administrator can make without
// clawback.
namespace clawback::journal {

// <database>.stop
std::filesystem::path stop_file_of(const std::filesystem::path& database);
// Its name if it is there, whatever it is and holds. A folder that can't be looked into counts as
// one that has it.
std::optional<std::string> stop_file_present(const std::filesystem::path& database);

// Errc::guard if either half is set, with who, since when and why.
Result<void> check_kill_switch(Store& store, const std::filesystem::path& database);

}  // namespace clawback::journal
