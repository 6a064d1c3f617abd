#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/safe_text.hpp"
#include "policy/catalog_parts.hpp"
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

constexpr std::size_t texts_max = 100;

// Lists of one entry are compared with each other: they stay short.
std::vector<std::string> bounded(TomlTable& table, std::string_view key,
                                 std::vector<std::string> values) {
  if (values.size() <= texts_max) return values;
  table.fail_item(key, texts_max, fmt::format("\"{}\" has more than {} texts", key, texts_max));
  values.resize(texts_max);
  return values;
}

std::vector<std::string> optional_texts(TomlTable& table, std::string_view key) {
  return bounded(table, key, table.texts(key).value_or(std::vector<std::string>()));
}

// Parts of a text that are looked for in logs: an empty one would be found everywhere.
std::vector<std::string> parts(TomlTable& table, std::string_view key) {
  auto values = optional_texts(table, key);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].find_first_not_of(" \t\n") == std::string::npos) {
      table.fail_item(key, i, fmt::format("\"{}\" holds an empty text", key),
                      "it would be found in everything");
    }
  }
  return values;
}

std::string day(TomlTable& table, std::string_view key, std::string hint) {
  const auto date = table.date(key);
  table.missing(key, std::move(hint));
  return date ? format_time(*date).substr(0, 10) : std::string();
}

std::string reviewed(TomlTable& table) {
  return day(table, "reviewed",
             "the day on which somebody last looked at it: reviewed = 2026-11-23");
}

std::optional<domain::AppId> app_id(TomlTable& table) {
  domain::AppId id(guid(table, "app_id"));
  if (id.empty()) return std::nullopt;
  return id;
}

CatalogEntry read_entry(TomlTable& table) {
  CatalogEntry entry;
  entry.position = table.position();
  entry.names = bounded(table, "names", table.require_texts("names"));
  entry.app_id = app_id(table);
  table.missing("kind");
  entry.kind = kinds[choice(table, "kind", kinds, kinds.size() - 1)];
  table.missing("disposition");
  entry.disposition = static_cast<Disposition>(choice(table, "disposition", dispositions, 1));
  table.missing("confidence");
  entry.confidence = static_cast<Confidence>(choice(table, "confidence", confidences, 0));
  if (table.has("owner_tenant")) entry.owner_tenant = domain::TenantId(guid(table, "owner_tenant"));
  entry.why = table.require_text("why");
  entry.sources = parts(table, "sources");
  entry.conflicts = optional_texts(table, "conflicts");
  entry.notes = optional_texts(table, "notes");
  entry.user_agents = parts(table, "user_agents");
  entry.client_infos = parts(table, "client_infos");
  entry.protocols = parts(table, "protocols");
  if (table.has("overrides")) entry.overrides = table.require_text("overrides");
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
void read_campaign(TomlTable& table, std::size_t number, ReadCatalog& into) {
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
    into.entries.push_back({.entry = entry, .file = number});
  }
}

void read_microsoft(TomlTable& table, ReadCatalog& into) {
  table.require_text("name");
  table.require_texts("sources");
  table.missing("app_id");
  if (auto id = app_id(table)) into.microsoft_apps.push_back(*std::move(id));
}

// Calls of Exchange Online and Graph themselves come from Microsoft's networks.
bool is_microsoft_network(std::int64_t number) {
  constexpr std::int64_t others[] = {3598, 12076};
  return (number >= 8068 && number <= 8075) ||
         std::find(std::begin(others), std::end(others), number) != std::end(others);
}

std::optional<std::int64_t> as_number(const std::string& text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, ec] = std::from_chars(text.data(), end, number);
  const bool fits = ec == std::errc() && rest == end && number > 0 && number <= 4'294'967'295;
  return fits ? std::optional(number) : std::nullopt;
}

void read_network(TomlTable& networks, const std::string& key, ReadCatalog& into) {
  std::string name = networks.require_text(key);
  const auto number = as_number(key);
  if (!number) {
    return networks.fail(key, fmt::format("\"{}\" is not an AS number", printable(key, 40)),
                         "14061 = \"DigitalOcean\"");
  }
  if (is_microsoft_network(*number)) {
    return networks.fail(key, fmt::format("AS {} is Microsoft's own network", *number),
                         "calls through Graph and Exchange Online come from it: remove it");
  }
  const Position where = networks.position(key);
  const auto [known, is_new] = into.hosting.try_emplace(*number, name, where);
  if (is_new || known->second.first == name) return;
  const auto& [other, place] = known->second;
  networks.fail(key, fmt::format("AS {} is already \"{}\" at {}:{}", *number, printable(other, 60),
                                 place.file, place.line));
}

void read_hosting(TomlTable& root, ReadCatalog& into) {
  auto table = root.table("hosting");
  if (!table) return;
  table->require_texts("sources");
  reviewed(*table);
  auto networks = table->table("networks");
  table->missing("networks", "[hosting.networks] with lines such as 14061 = \"DigitalOcean\"");
  if (!networks) return;
  for (const std::string& key : networks->keys()) read_network(*networks, key, into);
}

std::vector<std::string> sorted_texts(TomlTable& table, std::string_view key) {
  auto values = table.require_texts(key);
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

void read_managed_consent(TomlTable& root, ReadCatalog& into) {
  auto table = root.table("managed_consent");
  if (!table) return;
  ManagedConsent consent;
  table->missing("exempt_apps");
  consent.exempt_apps = app_ids(*table, "exempt_apps");
  std::sort(consent.exempt_apps.begin(), consent.exempt_apps.end());
  consent.blocked_scopes = sorted_texts(*table, "blocked_scopes");
  consent.blocked_exchange_scopes = sorted_texts(*table, "blocked_exchange_scopes");
  consent.as_of = day(*table, "as_of", "the day of the page that says so: as_of = 2026-01-22");
  consent.sources = table->require_texts("sources");
  if (into.managed_consent) {
    const Position& first = into.managed_consent_position;
    return root.fail("managed_consent",
                     fmt::format("[managed_consent] is already at {}:{}", first.file, first.line));
  }
  into.managed_consent = std::move(consent);
  into.managed_consent_position = table->position();
}

}  // namespace

std::string_view name_of(Confidence confidence) {
  return confidences[static_cast<std::size_t>(confidence)];
}

Error catalog_problem(const Position& where, std::string message, std::string hint) {
  return {.code = Errc::invalid,
          .message = std::move(message),
          .hint = std::move(hint),
          .position = where,
          .details = {}};
}

void read_catalog_file(const File& file, std::size_t number, ReadCatalog& into) {
  auto root = parse_toml(file.path, file.text);
  if (!root) {
    into.problems.push_back(root.error());
    return;
  }
  require_schema(*root);
  for (TomlTable& table : root->tables("app")) {
    into.entries.push_back({.entry = read_entry(table), .file = number});
  }
  for (TomlTable& table : root->tables("campaign")) read_campaign(table, number, into);
  for (TomlTable& table : root->tables("microsoft")) read_microsoft(table, into);
  for (std::string& name : parts(*root, "protected_names")) {
    into.protected_names.push_back(std::move(name));
  }
  read_hosting(*root, into);
  read_managed_consent(*root, into);
  if (!root->finish()) {
    for (Error& error : root->problems()) into.problems.push_back(std::move(error));
  }
}

}  // namespace clawback::policy
