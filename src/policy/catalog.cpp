#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "domain/permissions.hpp"
#include "policy/catalog_parts.hpp"
#include "policy/parts.hpp"
#include "policy/policy.hpp"
#include "policy/values.hpp"

namespace clawback::policy {
namespace {

constexpr Duration review_holds = std::chrono::days(365);

// Every entry is asked, also one that a later file overrides.
void check_against_microsoft(const Catalog& catalog, const std::vector<ReadEntry>& entries,
                             std::vector<Error>& problems) {
  for (const auto& [entry, file] : entries) {
    if (!entry.app_id) continue;
    const bool microsoft = is_microsoft_app(catalog, *entry.app_id) ||
                           domain::is_resource_api(*entry.app_id) ||
                           (entry.owner_tenant && domain::is_microsoft_tenant(*entry.owner_tenant));
    if (microsoft) {
      problems.push_back(catalog_problem(
          entry.position, fmt::format("{} belongs to Microsoft", entry.app_id->str()),
          "acting on it would break the tenant: remove the entry"));
    }
  }
}

void note_review(const CatalogEntry& entry, Time now, std::vector<Error>& notes) {
  const auto day = parse_time(entry.reviewed + "T00:00:00Z");
  if (!day) return;
  const std::string name = printable(entry.names.empty() ? "?" : entry.names.front(), 60);
  if (*day > now) {
    notes.push_back(catalog_problem(
        entry.position, fmt::format("{}: its review on {} is yet to come", name, entry.reviewed)));
  } else if (now - *day > review_holds) {
    notes.push_back(catalog_problem(
        entry.position,
        fmt::format("{} was last reviewed on {}, more than a year ago", name, entry.reviewed),
        "look at its sources again, then set \"reviewed\""));
  }
}

void note_override(const CatalogEntry& entry, std::vector<Error>& notes) {
  if (entry.overrides.empty() || !entry.overridden.empty()) return;
  notes.push_back(catalog_problem(entry.position,
                                  "\"overrides\" takes the place of nothing: no earlier file has "
                                  "this app id",
                                  "remove it, or name this file after the other in [catalog] "
                                  "files"));
}

// Names of campaigns are names of reports: many ids share one.
void note_shared_names(const Catalog& catalog, std::vector<Error>& notes) {
  std::map<std::string, const CatalogEntry*> first;
  for (const CatalogEntry& entry : catalog.entries) {
    if (!entry.app_id || entry.kind == "campaign_app") continue;
    for (const std::string& name : entry.names) {
      const auto [known, is_new] = first.try_emplace(to_lower(name), &entry);
      if (is_new || known->second == &entry) continue;
      const Position& other = known->second->position;
      notes.push_back(
          catalog_problem(entry.position,
                          fmt::format("\"{}\" is also the name of {} at {}:{}", printable(name, 60),
                                      known->second->app_id->str(), other.file, other.line),
                          "say in the name which of the two it is"));
    }
  }
}

// As somebody would read them: file by file, from the top.
void sort_by_place(std::vector<Error>& errors, const std::vector<File>& files) {
  std::map<std::string_view, std::size_t> number;
  for (std::size_t i = 0; i < files.size(); ++i) number.try_emplace(files[i].path, i);
  const auto place = [&](const Error& error) {
    const Position where = error.position.value_or(Position());
    const auto file = number.find(where.file);
    return std::tuple(file != number.end() ? file->second : files.size(), where.line, where.column,
                      error.message);
  };
  std::sort(errors.begin(), errors.end(),
            [&](const Error& a, const Error& b) { return place(a) < place(b); });
}

}  // namespace

const CatalogEntry* find(const Catalog& catalog, const domain::AppId& app) {
  const auto found = std::lower_bound(
      catalog.entries.begin(), catalog.entries.end(), app,
      [](const CatalogEntry& entry, const domain::AppId& id) { return entry.app_id < id; });
  return found != catalog.entries.end() && found->app_id == app ? &*found : nullptr;
}

bool is_microsoft_app(const Catalog& catalog, const domain::AppId& app) {
  return std::binary_search(catalog.microsoft_apps.begin(), catalog.microsoft_apps.end(), app);
}

bool is_weak(const CatalogEntry& entry) {
  return entry.confidence <= Confidence::low || !entry.conflicts.empty();
}

CatalogCheck check_catalog(const std::vector<File>& files, Time now) {
  ReadCatalog read;
  for (std::size_t i = 0; i < files.size(); ++i) read_catalog_file(files[i], i, read);
  CatalogCheck check;
  check.problems = std::move(read.problems);
  Catalog& catalog = check.catalog;
  catalog.microsoft_apps = std::move(read.microsoft_apps);
  auto& microsoft = catalog.microsoft_apps;
  std::sort(microsoft.begin(), microsoft.end());
  microsoft.erase(std::unique(microsoft.begin(), microsoft.end()), microsoft.end());
  catalog.protected_names = std::move(read.protected_names);
  auto& names = catalog.protected_names;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  check_against_microsoft(catalog, read.entries, check.problems);
  catalog.entries = join_entries(std::move(read.entries), check.problems);
  for (auto& [number, network] : read.hosting) catalog.hosting[number] = network.first;
  catalog.managed_consent = std::move(read.managed_consent);
  std::vector<File> named = files;
  for (File& file : named) file.path = file_name(file.path);
  catalog.digest = digest_of(std::move(named));
  for (const CatalogEntry& entry : catalog.entries) {
    if (entry.kind != "campaign_app" || &entry == &catalog.entries.front() ||
        std::prev(&entry)->position != entry.position) {
      note_review(entry, now, check.notes);
    }
    note_override(entry, check.notes);
  }
  note_shared_names(catalog, check.notes);
  sort_by_place(check.problems, files);
  sort_by_place(check.notes, files);
  return check;
}

Result<Catalog> parse_catalog(const std::vector<File>& files) {
  CatalogCheck check = check_catalog(files, Time());
  if (!check.problems.empty()) return check.problems.front();
  return std::move(check.catalog);
}

}  // namespace clawback::policy
