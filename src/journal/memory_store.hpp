#pragma once

#include <cstddef>
#include <filesystem>

#include "domain/memory.hpp"
#include "journal/database.hpp"

namespace clawback::journal {

// What clawback remembers of tenants between passes, in the state database beside the journal.
// Several processes may use one file at once: a writer waits for another up to ten seconds, a
// reader never waits and sees a tenant's memory as one save left it.
class MemoryStore {
 public:
  // Makes the file (mode 0600) or brings an older one up to date.
  static Result<MemoryStore> open(const std::filesystem::path& file);

  // A tenant never saved has an empty memory. `sightings` are the applications of the other tenants
  // in this file, and `answers` what people said of their applications (rows of the audit log, the
  // newest ones). Errc::io: it can't be read, or holds what this version does not know.
  Result<domain::Memory> load(const domain::TenantId& tenant);

  // Replaces the tenant's grants and applications in one transaction. Cases are added or brought up
  // to date, never taken away, and keep the time of their first report. `sightings` and
  // `answers` are not stored: they are other tenants' applications, and rows of the audit log.
  // Errc::conflict: what is stored is of a later snapshot; nothing was changed. Errc::io: can't be
  // written, or larger than the limits below.
  Result<void> save(const domain::TenantId& tenant, const domain::Memory& memory);

 private:
  explicit MemoryStore(Database db) : db_(std::move(db)) {}
  Result<void> replace(const domain::TenantId& tenant, const domain::Memory& memory);
  Database db_;
};

// Of one tenant.
inline constexpr std::size_t memory_grants_max = 2'000'000;
inline constexpr std::size_t memory_apps_max = 200'000;
inline constexpr std::size_t memory_cases_max = 200'000;     // the longest not reported go first
inline constexpr std::size_t memory_answers_max = 10'000;    // of the whole file
inline constexpr std::size_t memory_record_max = 4u << 20u;  // bytes of one grant's record

}  // namespace clawback::journal
