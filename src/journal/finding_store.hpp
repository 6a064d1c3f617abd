#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "domain/finding.hpp"
#include "domain/ids.hpp"
#include "journal/database.hpp"

namespace clawback::journal {

// A finding as it is kept: what a list is filtered and ordered by, and what this module does
// not read: the line that a list shows of it, and its record (the JSON object of
// clawback.findings/1).
struct KeptFinding {
  std::string key;
  domain::Verdict verdict = domain::Verdict::info;
  int score = 0;
  std::string rule;   // empty: none matches
  std::string state;  // "new"
  std::string search;
  std::string line;
  std::string record;
  friend bool operator==(const KeptFinding&, const KeptFinding&) = default;
};

struct KeptPass {
  Time observed;
  std::string header;  // clawback.findings/1 without its findings
  std::vector<KeptFinding> findings;
};

// Empty texts: all.
struct FindingFilter {
  std::string text;  // in `search`, folded as that is
  std::optional<domain::Verdict> verdict;
  std::string rule;
  std::string state;
  std::size_t from = 0;
  std::size_t count = 100;
};

struct FindingPage {
  std::string header;
  std::vector<std::string> lines;  // by verdict and score, highest first, then by key
  std::size_t matching = 0;
  std::size_t all = 0;
  std::size_t alerts = 0;  // of all
  std::size_t watches = 0;
  std::size_t left_out = 0;  // of the pass, beyond findings_kept_max
};

struct FindingRecord {
  std::string header;
  std::string record;
};

// The findings of the newest pass over each tenant, in the state database beside the journal, for
// the console. Several processes may use one file at once, as with MemoryStore.
class FindingStore {
 public:
  // Makes the file (mode 0600) or brings an older one up to date.
  static Result<FindingStore> open(const std::filesystem::path& file);

  // Takes the place of the tenant's pass, whole or not at all. Errc::conflict: what is stored is of
  // a later moment; nothing was changed. Errc::io: can't be written, or a record is larger than
  // finding_record_max.
  Result<void> save(const domain::TenantId& tenant, const KeptPass& pass);

  // All of it is of one pass. Errc::not_found: none was kept of this tenant.
  Result<FindingPage> page(const domain::TenantId& tenant, const FindingFilter& filter);
  // Errc::not_found: no pass, or no such case in it.
  Result<FindingRecord> one(const domain::TenantId& tenant, const std::string& key);
  // The header alone. Errc::not_found.
  Result<std::string> header(const domain::TenantId& tenant);

 private:
  explicit FindingStore(Database db) : db_(std::move(db)) {}
  Result<void> replace(const domain::TenantId& tenant, const KeptPass& pass);
  Database db_;
};

// Of one tenant; a pass is ordered worst first, so the least go.
inline constexpr std::size_t findings_kept_max = 100'000;
inline constexpr std::size_t finding_record_max = 64u << 20u;  // bytes

}  // namespace clawback::journal
