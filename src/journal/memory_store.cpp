#include "journal/memory_store.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"
#include "journal/answer_note.hpp"
#include "journal/memory_json.hpp"
#include "journal/schema.hpp"

namespace clawback::journal {
namespace {

using Rows = std::vector<Database::Row>;

std::string text_of(const std::optional<Time>& time) { return time ? format_time(*time) : ""; }

Error damaged(const Database& db, std::string_view what) {
  return Error{.code = Errc::io,
               .message = fmt::format("state database {}: what is remembered holds {}",
                                      printable(db.name()), what),
               .hint = "it was written by another version, or changed by hand"};
}

Error too_much(const Database& db, std::string_view what, std::size_t count, std::size_t max) {
  return Error{.code = Errc::io,
               .message = fmt::format("state database {}: {} {} are more than the {} that it keeps "
                                      "of one tenant",
                                      printable(db.name()), count, what, max)};
}

// There is one grant per client, resource and principal; its id may not be known.
std::string place_of(const domain::RememberedGrant& grant) {
  const std::string principal = grant.principal ? grant.principal->str() : std::string();
  return valid_utf8(fmt::format("{} {} {}", grant.client.str(), grant.resource.str(), principal));
}

// Empty means that there is none.
Result<std::optional<Time>> time_from(const Database& db, const std::string& text) {
  if (text.empty()) return std::optional<Time>();
  const auto time = parse_time(text);
  if (!time) return damaged(db, "a time that is none");
  return std::optional(*time);
}

Result<Time> time_needed(const Database& db, const std::string& text) {
  const auto time = parse_time(text);
  if (!time) return damaged(db, "a time that is none");
  return *time;
}

Result<void> load_snapshot_time(Database& db, const std::string& tenant, domain::Memory& to) {
  const auto rows = db.query("SELECT last_snapshot FROM memory WHERE tenant = ?", {tenant});
  if (!rows) return rows.error();
  if (rows->empty()) return {};
  const auto time = time_from(db, rows->front()[0]);
  if (!time) return time.error();
  to.last_snapshot = *time;
  return {};
}

Result<void> load_grants(Database& db, const std::string& tenant, domain::Memory& to) {
  const auto rows =
      db.query("SELECT record FROM memory_grant WHERE tenant = ? ORDER BY place", {tenant});
  if (!rows) return rows.error();
  to.grants.reserve(rows->size());
  for (const Database::Row& row : *rows) {
    const auto value = parse_json(row[0], {.bytes = memory_record_max});
    if (!value) return damaged(db, "a grant that can't be read: " + value.error().message);
    auto grant = remembered_grant_from(*value);
    if (!grant) return within("state database " + printable(db.name()), grant.error());
    to.grants.push_back(std::move(*grant));
  }
  std::sort(to.grants.begin(), to.grants.end(), [](const auto& a, const auto& b) {
    return a.id != b.id ? a.id < b.id : place_of(a) < place_of(b);
  });
  return {};
}

Result<void> load_apps(Database& db, const std::string& tenant, domain::Memory& to) {
  const auto rows = db.query(
      "SELECT app_id, first_seen, last_used FROM memory_app WHERE tenant = ? ORDER BY app_id",
      {tenant});
  if (!rows) return rows.error();
  for (const Database::Row& row : *rows) {
    const auto first = time_needed(db, row[1]);
    if (!first) return first.error();
    const auto used = time_from(db, row[2]);
    if (!used) return used.error();
    to.apps.push_back({.app_id = domain::AppId(row[0]), .first_seen = *first, .last_used = *used});
  }
  return {};
}

Result<void> load_cases(Database& db, const std::string& tenant, domain::Memory& to) {
  const auto rows = db.query(
      "SELECT key, first_reported, last_reported, verdict, fingerprint FROM memory_case "
      "WHERE tenant = ? ORDER BY key",
      {tenant});
  if (!rows) return rows.error();
  for (const Database::Row& row : *rows) {
    const auto first = time_needed(db, row[1]);
    const auto last = time_needed(db, row[2]);
    const auto verdict = domain::verdict_from(row[3]);
    if (!first) return first.error();
    if (!last) return last.error();
    if (!verdict) return damaged(db, "a verdict that this version does not know");
    to.cases.push_back({.key = row[0],
                        .first_reported = *first,
                        .last_reported = *last,
                        .verdict = *verdict,
                        .fingerprint = row[4]});
  }
  return {};
}

Result<void> load_sightings(Database& db, const std::string& tenant, domain::Memory& to) {
  const auto rows = db.query(
      "SELECT tenant, app_id, first_seen FROM memory_app WHERE tenant <> ? "
      "ORDER BY app_id, tenant",
      {tenant});
  if (!rows) return rows.error();
  for (const Database::Row& row : *rows) {
    const auto first = time_needed(db, row[2]);
    if (!first) return first.error();
    to.sightings.push_back({.tenant = domain::TenantId(row[0]),
                            .app_id = domain::AppId(row[1]),
                            .first_seen = *first});
  }
  return {};
}

// Rows of the audit log, so that nobody can put one in unnoticed.
Result<void> load_answers(Database& db, const std::string& tenant, domain::Memory& to) {
  const auto rows = db.query(
      fmt::format("SELECT time, record FROM (SELECT seq, time, record FROM log WHERE kind = ? "
                  "ORDER BY seq DESC LIMIT {}) ORDER BY seq",
                  memory_answers_max),
      {std::string(answered_kind)});
  if (!rows) return rows.error();
  for (const Database::Row& row : *rows) {
    const auto time = time_needed(db, row[0]);
    if (!time) return time.error();
    auto record = parse_json(row[1]);
    if (!record) return damaged(db, "an answer that can't be read: " + record.error().message);
    const AuditNote note{
        .kind = std::string(answered_kind), .run = {}, .time = *time, .record = std::move(*record)};
    if (tenant_of(note) != tenant) continue;
    auto answer = answer_from(note);
    if (!answer) return within("state database " + printable(db.name()), answer.error());
    to.answers.push_back(std::move(*answer));
  }
  return {};
}

Result<void> refuse_older(Database& db, const std::string& tenant, const domain::Memory& memory) {
  domain::Memory stored;
  const auto loaded = load_snapshot_time(db, tenant, stored);
  if (!loaded) return loaded.error();
  if (!stored.last_snapshot) return {};
  if (memory.last_snapshot && *memory.last_snapshot >= *stored.last_snapshot) return {};
  return Error{.code = Errc::conflict,
               .message = fmt::format("state database {}: it remembers the tenant as of {}, which "
                                      "is later than this evidence: left as it is",
                                      printable(db.name()), format_time(*stored.last_snapshot))};
}

Result<void> check_size(const Database& db, const domain::Memory& memory) {
  if (memory.grants.size() > memory_grants_max) {
    return too_much(db, "grants", memory.grants.size(), memory_grants_max);
  }
  if (memory.apps.size() > memory_apps_max) {
    return too_much(db, "applications", memory.apps.size(), memory_apps_max);
  }
  return {};
}

Result<Rows> grant_rows(const Database& db, const std::string& tenant,
                        const domain::Memory& memory) {
  Rows rows;
  rows.reserve(memory.grants.size());
  for (const domain::RememberedGrant& grant : memory.grants) {
    std::string record = canonical_json(to_json(grant));
    if (record.size() > memory_record_max) {
      return too_much(db, "bytes of one grant", record.size(), memory_record_max);
    }
    rows.push_back({tenant, place_of(grant), std::move(record)});
  }
  return rows;
}

Result<void> put_apps(Database& db, const std::string& tenant, const domain::Memory& memory) {
  Rows rows;
  for (const domain::RememberedApp& app : memory.apps) {
    rows.push_back({tenant, valid_utf8(app.app_id.str()), format_time(app.first_seen),
                    text_of(app.last_used)});
  }
  return db.change_each(
      "INSERT OR REPLACE INTO memory_app (tenant, app_id, first_seen, last_used) VALUES (?,?,?,?)",
      rows);
}

Result<void> put_cases(Database& db, const std::string& tenant, const domain::Memory& memory) {
  Rows rows;
  for (const domain::RememberedCase& one : memory.cases) {
    rows.push_back({tenant, valid_utf8(one.key), format_time(one.first_reported),
                    format_time(one.last_reported), std::string(domain::name_of(one.verdict)),
                    valid_utf8(one.fingerprint)});
  }
  const auto put = db.change_each(
      "INSERT INTO memory_case (tenant, key, first_reported, last_reported, verdict, fingerprint) "
      "VALUES (?,?,?,?,?,?) ON CONFLICT (tenant, key) DO UPDATE SET "
      "last_reported = excluded.last_reported, verdict = excluded.verdict, "
      "fingerprint = excluded.fingerprint",
      rows);
  if (!put) return put.error();
  const auto cut = db.change(
      fmt::format("DELETE FROM memory_case WHERE tenant = ?1 AND key NOT IN (SELECT key FROM "
                  "memory_case WHERE tenant = ?1 ORDER BY last_reported DESC, key LIMIT {})",
                  memory_cases_max),
      {tenant});
  if (!cut) return cut.error();
  return {};
}

}  // namespace

Result<MemoryStore> MemoryStore::open(const std::filesystem::path& file) {
  auto db = Database::open(file);
  if (!db) return db.error();
  const auto made = migrate(*db);
  if (!made) return made.error();
  return MemoryStore(std::move(*db));
}

Result<domain::Memory> MemoryStore::load(const domain::TenantId& tenant) {
  domain::Memory out;
  const auto read = db_.at_one_moment([&]() -> Result<void> {
    for (const auto part :
         {load_snapshot_time, load_grants, load_apps, load_cases, load_sightings, load_answers}) {
      const auto loaded = part(db_, tenant.str(), out);
      if (!loaded) return loaded;
    }
    return {};
  });
  if (!read) return read.error();
  return out;
}

Result<void> MemoryStore::replace(const domain::TenantId& tenant, const domain::Memory& memory) {
  const std::string& id = tenant.str();
  const auto newer = refuse_older(db_, id, memory);
  if (!newer) return newer.error();
  const auto grants = grant_rows(db_, id, memory);
  if (!grants) return grants.error();
  for (const std::string_view sql :
       {"DELETE FROM memory_grant WHERE tenant = ?", "DELETE FROM memory_app WHERE tenant = ?"}) {
    const auto removed = db_.change(sql, {id});
    if (!removed) return removed.error();
  }
  const auto put = db_.change("INSERT OR REPLACE INTO memory (tenant, last_snapshot) VALUES (?,?)",
                              {id, text_of(memory.last_snapshot)});
  if (!put) return put.error();
  const auto granted = db_.change_each(
      "INSERT OR REPLACE INTO memory_grant (tenant, place, record) VALUES (?,?,?)", *grants);
  if (!granted) return granted.error();
  const auto apps = put_apps(db_, id, memory);
  if (!apps) return apps.error();
  return put_cases(db_, id, memory);
}

Result<void> MemoryStore::save(const domain::TenantId& tenant, const domain::Memory& memory) {
  const auto fits = check_size(db_, memory);
  if (!fits) return fits.error();
  return db_.in_transaction([&] { return replace(tenant, memory); });
}

}  // namespace clawback::journal
