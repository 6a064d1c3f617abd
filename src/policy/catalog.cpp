#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "base/safe_text.hpp"
#include "domain/permissions.hpp"
#include "policy/parts.hpp"
#include "policy/policy.hpp"
#include "policy/toml.hpp"
#include "policy/values.hpp"

namespace clawback::policy {
namespace {

const std::vector<std::string> dispositions = {
    "alert",     "review", "baseline", "baseline_with_mismatch_check", "learn_at_runtime",
    "do_not_use"};
const std::vector<std::string> confidences = {"none", "low", "medium", "high"};
const std::vector<std::string> kinds = {
    "abused_mail_client",      "mailbox_exfil",   "bulk_mailer",   "file_exfil",
    "contact_harvest",         "malicious_app",   "phishing_host", "benign_mail_client",
    "cloud_relay_mail_client", "protocol_bridge", "campaign_app",  "unknown"};

Error at(const Position& where, std::string message, std::string hint = {}) {
  return {.code = Errc::invalid,
          .message = std::move(message),
          .hint = std::move(hint),
          .position = where,
          .details = {}};
}

std::vector<std::string> optional_texts(TomlTable& table, std::string_view key) {
  return table.texts(key).value_or(std::vector<std::string>());
}

std::string reviewed(TomlTable& table) {
  const auto date = table.date("reviewed");
  table.missing("reviewed", "the day on which somebody last looked at it: reviewed = 2026-11-23");
  return date ? format_time(*date).substr(0, 10) : std::string();
}

CatalogEntry read_entry(TomlTable& table) {
  CatalogEntry entry;
  entry.position = table.position();
  entry.names = table.require_texts("names");
  if (table.has("app_id")) entry.app_id = domain::AppId(guid(table, "app_id"));
  table.missing("kind");
  entry.kind = kinds[choice(table, "kind", kinds, kinds.size() - 1)];
  table.missing("disposition");
  entry.disposition = static_cast<Disposition>(choice(table, "disposition", dispositions, 1));
  table.missing("confidence");
  entry.confidence = static_cast<Confidence>(choice(table, "confidence", confidences, 0));
  if (table.has("owner_tenant")) entry.owner_tenant = domain::TenantId(guid(table, "owner_tenant"));
  entry.why = table.require_text("why");
  entry.sources = optional_texts(table, "sources");
  entry.conflicts = optional_texts(table, "conflicts");
  entry.notes = optional_texts(table, "notes");
  entry.reviewed = reviewed(table);
  const bool by_name_only = !table.has("app_id");
  if (by_name_only && entry.disposition != Disposition::learn_at_runtime) {
    table.fail("app_id", "\"app_id\" is missing",
               "an entry that is known by name only has disposition = \"learn_at_runtime\"");
  }
  if (!by_name_only && entry.sources.empty()) {
    table.fail(table.has("sources") ? "sources" : "", "the entry has no source",
               "sources = [\"…\"]");
  }
  return entry;
}

// Many ids from one report that names none of them.
void read_campaign(TomlTable& table, Catalog& catalog) {
  CatalogEntry entry;
  entry.position = table.position();
  entry.names = {table.require_text("name")};
  entry.kind = "campaign_app";
  entry.disposition = Disposition::review;
  entry.confidence = Confidence::low;
  entry.why = table.require_text("why");
  entry.sources = table.require_texts("sources");
  entry.reviewed = reviewed(table);
  table.missing("app_ids");
  for (domain::AppId& id : app_ids(table, "app_ids")) {
    entry.app_id = std::move(id);
    catalog.entries.push_back(entry);
  }
}

void read_microsoft(TomlTable& table, Catalog& catalog) {
  table.require_text("name");
  table.require_texts("sources");
  table.missing("app_id");
  domain::AppId id(guid(table, "app_id"));
  if (!id.empty()) catalog.microsoft_apps.push_back(std::move(id));
}

Result<void> read_file(const File& file, Catalog& catalog) {
  auto root = parse_toml(file.path, file.text);
  if (!root) return root.error();
  require_schema(*root);
  for (TomlTable& table : root->tables("app")) catalog.entries.push_back(read_entry(table));
  for (TomlTable& table : root->tables("campaign")) read_campaign(table, catalog);
  for (TomlTable& table : root->tables("microsoft")) read_microsoft(table, catalog);
  return root->finish();
}

// nullopt sorts first, so entries without an id come before those with one.
bool before(const CatalogEntry& a, const CatalogEntry& b) {
  return std::tie(a.app_id, a.names, a.position.file, a.position.line) <
         std::tie(b.app_id, b.names, b.position.file, b.position.line);
}

Result<void> check_against_microsoft(const Catalog& catalog) {
  for (const CatalogEntry& entry : catalog.entries) {
    if (!entry.app_id) continue;
    const bool microsoft = is_microsoft_app(catalog, *entry.app_id) ||
                           domain::is_resource_api(*entry.app_id) ||
                           (entry.owner_tenant && domain::is_microsoft_tenant(*entry.owner_tenant));
    if (microsoft) {
      return at(entry.position, fmt::format("{} belongs to Microsoft", entry.app_id->str()),
                "acting on it would break the tenant: remove the entry");
    }
  }
  return {};
}

Result<void> check_duplicates(const Catalog& catalog) {
  const auto same_id = [](const CatalogEntry& a, const CatalogEntry& b) {
    return a.app_id && a.app_id == b.app_id;
  };
  const auto twice = std::adjacent_find(catalog.entries.begin(), catalog.entries.end(), same_id);
  if (twice == catalog.entries.end()) return {};
  const Position& first = twice->position;
  return at(std::next(twice)->position,
            fmt::format("{} is already at {}:{}", twice->app_id->str(), first.file, first.line),
            "one entry for each app id: join them");
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

Result<Catalog> parse_catalog(const std::vector<File>& files) {
  Catalog catalog;
  for (const File& file : files) {
    if (const auto done = read_file(file, catalog); !done) return done.error();
  }
  std::sort(catalog.entries.begin(), catalog.entries.end(), before);
  auto& microsoft = catalog.microsoft_apps;
  std::sort(microsoft.begin(), microsoft.end());
  microsoft.erase(std::unique(microsoft.begin(), microsoft.end()), microsoft.end());
  if (const auto done = check_against_microsoft(catalog); !done) return done.error();
  if (const auto done = check_duplicates(catalog); !done) return done.error();
  std::vector<File> named = files;
  for (File& file : named) file.path = file_name(file.path);
  catalog.digest = digest_of(std::move(named));
  return catalog;
}

}  // namespace clawback::policy
