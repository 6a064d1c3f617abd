#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/digest.hpp"
#include "policy/catalog_parts.hpp"

namespace clawback::policy {
namespace {

// nullopt sorts first, so entries without an id come before those with one. Within an id the
// order of the files counts: a later one may override.
bool before(const ReadEntry& a, const ReadEntry& b) {
  return std::tie(a.entry.app_id, a.file, a.entry.position.line) <
         std::tie(b.entry.app_id, b.file, b.entry.position.line);
}

bool before_in_catalog(const CatalogEntry& a, const CatalogEntry& b) {
  return std::tie(a.app_id, a.names, a.position.file, a.position.line) <
         std::tie(b.app_id, b.names, b.position.file, b.position.line);
}

bool share_a_name(const CatalogEntry& a, const CatalogEntry& b) {
  return std::any_of(a.names.begin(), a.names.end(), [&](const std::string& name) {
    return std::any_of(b.names.begin(), b.names.end(),
                       [&](const std::string& other) { return to_lower(name) == to_lower(other); });
  });
}

// In what two entries for one id contradict each other; empty: in nothing.
std::string_view disagreement(const CatalogEntry& a, const CatalogEntry& b) {
  if (a.disposition != b.disposition) return "disposition";
  if (!share_a_name(a, b)) return "name";
  if (a.owner_tenant && b.owner_tenant && *a.owner_tenant != *b.owner_tenant) {
    return "owner tenant";
  }
  return {};
}

void add_new(std::vector<std::string>& to, const std::vector<std::string>& from) {
  for (const std::string& text : from) {
    if (std::find(to.begin(), to.end(), text) == to.end()) to.push_back(text);
  }
}

// A second file that says the same adds its sources; the lower confidence is the safer one.
void join(CatalogEntry& entry, const CatalogEntry& other) {
  add_new(entry.names, other.names);
  add_new(entry.sources, other.sources);
  add_new(entry.conflicts, other.conflicts);
  add_new(entry.notes, other.notes);
  add_new(entry.user_agents, other.user_agents);
  add_new(entry.client_infos, other.client_infos);
  add_new(entry.protocols, other.protocols);
  if (!entry.owner_tenant) entry.owner_tenant = other.owner_tenant;
  entry.confidence = std::min(entry.confidence, other.confidence);
  entry.reviewed = std::max(entry.reviewed, other.reviewed);
}

CatalogEntry override_with(CatalogEntry entry, CatalogEntry replaced) {
  entry.overridden = std::move(replaced.overridden);
  entry.overridden.push_back(
      {.name = replaced.names.empty() ? std::string() : std::move(replaced.names.front()),
       .disposition = replaced.disposition,
       .confidence = replaced.confidence,
       .position = std::move(replaced.position)});
  return entry;
}

Error already_there(const CatalogEntry& entry, const CatalogEntry& first, std::string_view what) {
  const std::string place = fmt::format("{}:{}", first.position.file, first.position.line);
  if (what.empty()) {
    return catalog_problem(entry.position,
                           fmt::format("{} is already at {}", entry.app_id->str(), place),
                           "one entry for each app id: join them");
  }
  return catalog_problem(
      entry.position,
      fmt::format("{} is already at {}, with another {}", entry.app_id->str(), place, what),
      "make them agree, or say why the later file is right: overrides = \"reason\"");
}

}  // namespace

std::vector<CatalogEntry> join_entries(std::vector<ReadEntry> entries,
                                       std::vector<Error>& problems) {
  std::sort(entries.begin(), entries.end(), before);
  std::vector<CatalogEntry> joined;
  std::size_t last_file = 0;
  for (ReadEntry& next : entries) {
    const bool is_new =
        joined.empty() || !next.entry.app_id || joined.back().app_id != next.entry.app_id;
    if (is_new) {
      joined.push_back(std::move(next.entry));
    } else if (next.file == last_file) {
      problems.push_back(already_there(next.entry, joined.back(), {}));
    } else if (!next.entry.overrides.empty()) {
      joined.back() = override_with(std::move(next.entry), std::move(joined.back()));
    } else if (const auto what = disagreement(joined.back(), next.entry); !what.empty()) {
      problems.push_back(already_there(next.entry, joined.back(), what));
    } else {
      join(joined.back(), next.entry);
    }
    last_file = next.file;
  }
  std::sort(joined.begin(), joined.end(), before_in_catalog);
  return joined;
}

}  // namespace clawback::policy
