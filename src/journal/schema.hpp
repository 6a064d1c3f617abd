#pragma once

#include "journal/database.hpp"

namespace clawback::journal {

// Brings the tables of the state database to this version's; one that is up to date is not written
// to. Errc::io if a newer clawback made it. The version is the file's PRAGMA user_version: 0 is the
// journal alone, 1 has the memory too, 2 has the journal as one hash chain (rows of older versions
// are moved into it), 3 has the findings of the newest pass.
Result<void> migrate(Database& db);

// The version itself, if this clawback knows it; `name` is the file's.
Result<int> known_version(const std::string& name, int version);

}  // namespace clawback::journal
