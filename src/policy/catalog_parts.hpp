#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/policy.hpp"

// From the files of a catalog to one catalog, with everything that is wrong on the way.
namespace clawback::policy {

struct ReadEntry {
  CatalogEntry entry;
  std::size_t file = 0;  // its place in the policy's list: a later one may override
};

// What the files say, before they are held against each other.
struct ReadCatalog {
  std::vector<ReadEntry> entries;
  std::vector<domain::AppId> microsoft_apps;
  std::vector<std::string> protected_names;
  std::map<std::int64_t, std::pair<std::string, Position>> hosting;
  std::optional<ManagedConsent> managed_consent;
  Position managed_consent_position;
  std::vector<Error> problems;
};

void read_catalog_file(const File& file, std::size_t number, ReadCatalog& into);

// One entry for each app id: what agrees is joined, what an entry with `overrides` replaces is
// noted in it, and everything else is a problem. Sorted by app id, then first name.
std::vector<CatalogEntry> join_entries(std::vector<ReadEntry> entries,
                                       std::vector<Error>& problems);

Error catalog_problem(const Position& where, std::string message, std::string hint = {});

}  // namespace clawback::policy
