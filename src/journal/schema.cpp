#include "journal/schema.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "base/safe_text.hpp"

namespace clawback::journal {
namespace {

constexpr int current = 1;

// Every statement may be run again: two processes can come here at once, and one of them waits.
constexpr std::string_view tables = R"sql(
CREATE TABLE IF NOT EXISTS run (
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL, plan_digest TEXT NOT NULL UNIQUE, plan TEXT NOT NULL,
  undo_of TEXT NOT NULL, started TEXT NOT NULL, approvals TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL REFERENCES run(id), kind TEXT NOT NULL,
  action TEXT NOT NULL, time TEXT NOT NULL, record TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS event_run ON event(run, seq);
CREATE INDEX IF NOT EXISTS event_time ON event(kind, time);
CREATE TABLE IF NOT EXISTS rejection (
  plan_digest TEXT NOT NULL, envelope TEXT NOT NULL, PRIMARY KEY (plan_digest, envelope)) STRICT;
CREATE TABLE IF NOT EXISTS memory (
  tenant TEXT PRIMARY KEY, last_snapshot TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS memory_grant (
  tenant TEXT NOT NULL, place TEXT NOT NULL, record TEXT NOT NULL,
  PRIMARY KEY (tenant, place)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS memory_app (
  tenant TEXT NOT NULL, app_id TEXT NOT NULL, first_seen TEXT NOT NULL, last_used TEXT NOT NULL,
  PRIMARY KEY (tenant, app_id)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS memory_case (
  tenant TEXT NOT NULL, key TEXT NOT NULL, first_reported TEXT NOT NULL,
  last_reported TEXT NOT NULL, verdict TEXT NOT NULL, fingerprint TEXT NOT NULL,
  PRIMARY KEY (tenant, key)) STRICT, WITHOUT ROWID;
)sql";

}  // namespace

Result<void> migrate(Database& db) {
  const auto rows = db.query("PRAGMA user_version", {});
  if (!rows) return rows.error();
  const int version = rows->empty() ? 0 : std::atoi(rows->front()[0].c_str());
  if (version == current) return {};
  if (version > current || version < 0) {
    return Error{.code = Errc::io,
                 .message = fmt::format("state database {}: its version is {}, this clawback knows "
                                        "versions up to {}",
                                        printable(db.name()), version, current),
                 .hint = "a newer clawback made it: use that one, or another file"};
  }
  return db.in_transaction([&]() -> Result<void> {
    const auto made = db.run(tables);
    if (!made) return made.error();
    return db.run(fmt::format("PRAGMA user_version={}", current));
  });
}

}  // namespace clawback::journal
