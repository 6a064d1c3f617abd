#include "journal/schema.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <cstdlib>

#include "base/safe_text.hpp"
#include "journal/chain.hpp"

namespace clawback::journal {
namespace {

constexpr int chained = 2;  // the journal as one hash chain
constexpr int current = 3;
constexpr std::size_t batch = 1000;  // rows of the old log that are moved at once

constexpr std::string_view tables = R"sql(
CREATE TABLE IF NOT EXISTS run (
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL, plan_digest TEXT NOT NULL UNIQUE, plan TEXT NOT NULL,
  undo_of TEXT NOT NULL, started TEXT NOT NULL, approvals TEXT NOT NULL) STRICT;
CREATE TABLE log (
  seq INTEGER PRIMARY KEY, run TEXT NOT NULL, kind TEXT NOT NULL, action TEXT NOT NULL,
  time TEXT NOT NULL, record TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE INDEX log_run ON log(run, seq);
CREATE INDEX log_kind ON log(kind, seq);
CREATE INDEX log_time ON log(kind, time);
CREATE TABLE head (
  one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TABLE lease (
  tenant TEXT PRIMARY KEY, holder TEXT NOT NULL, fence INTEGER NOT NULL, since TEXT NOT NULL) STRICT;
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

// The newest pass over each tenant. The records, which are long, stand apart: a filter reads all of
// the other table.
constexpr std::string_view pass_tables = R"sql(
CREATE TABLE pass (
  tenant TEXT PRIMARY KEY, observed TEXT NOT NULL, left_out INTEGER NOT NULL,
  header TEXT NOT NULL) STRICT;
CREATE TABLE finding (
  tenant TEXT NOT NULL, key TEXT NOT NULL, verdict INTEGER NOT NULL, score INTEGER NOT NULL,
  rule TEXT NOT NULL, state TEXT NOT NULL, search TEXT NOT NULL, line TEXT NOT NULL,
  PRIMARY KEY (tenant, key)) STRICT;
CREATE TABLE finding_record (
  tenant TEXT NOT NULL, key TEXT NOT NULL, record TEXT NOT NULL,
  PRIMARY KEY (tenant, key)) STRICT;
CREATE INDEX finding_order ON finding(tenant, verdict DESC, score DESC, key);
)sql";

// What older versions had in place of the log; a file of version 0 may lack them.
constexpr std::string_view old_tables = R"sql(
CREATE TABLE IF NOT EXISTS event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL REFERENCES run(id), kind TEXT NOT NULL,
  action TEXT NOT NULL, time TEXT NOT NULL, record TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS rejection (
  plan_digest TEXT NOT NULL, envelope TEXT NOT NULL, PRIMARY KEY (plan_digest, envelope)) STRICT;
)sql";

Result<int> version_of(Database& db) {
  const auto rows = db.query("PRAGMA user_version", {});
  if (!rows) return rows.error();
  return known_version(db.name(), rows->empty() ? 0 : std::atoi(rows->front()[0].c_str()));
}

// Adds rows to the chain, some at a time.
class Mover {
 public:
  explicit Mover(Database& db) : db_(db) {}
  Result<void> add(LogRow row) {
    ++count_;
    rows_.push_back(std::move(row));
    return rows_.size() < batch ? Result<void>() : flush();
  }
  Result<void> flush() {
    auto rows = std::move(rows_);
    rows_.clear();
    return extend(db_, std::move(rows));
  }
  [[nodiscard]] std::int64_t count() const { return count_; }

 private:
  Database& db_;
  std::vector<LogRow> rows_;
  std::int64_t count_ = 0;
};

// A run's first row in the chain says what its row in the table was when it was moved.
Result<void> move_runs(Database& db, Mover& to, std::string_view which,
                       const std::vector<std::string>& values) {
  return db.each(std::string(select_run) + std::string(which), values,
                 [&](const Database::Row& row) -> Result<void> {
                   const auto run = run_from(row);
                   if (!run) return run.error();
                   return to.add(started_row(row, run->started));
                 });
}

// An earlier version could be killed between the run's row and its first event.
Result<void> move_unstarted(Database& db, Mover& to) {
  return move_runs(
      db, to,
      " WHERE id NOT IN (SELECT run FROM event WHERE kind = 'started') ORDER BY started, id", {});
}

Result<void> move_events(Database& db, Mover& to) {
  return db.each(
      "SELECT run, kind, action, time, record FROM event ORDER BY seq", {},
      [&](const Database::Row& row) {
        if (row[1] == name_of(EventKind::started)) {
          return move_runs(db, to, " WHERE id = ?", {row[0]});
        }
        return to.add(
            {.run = row[0], .kind = row[1], .action = row[2], .time = row[3], .record = row[4]});
      });
}

Result<void> move_rejections(Database& db, Mover& to) {
  return db.each("SELECT plan_digest, envelope FROM rejection ORDER BY plan_digest, envelope", {},
                 [&](const Database::Row& row) {
                   return to.add({.kind = std::string(log_kind::rejected),
                                  .time = format_time(system_now()),
                                  .record = canonical_json(
                                      json::object{{"plan", row[0]}, {"envelope", row[1]}})});
                 });
}

// What was there before is in the chain from here on; that nobody changed it earlier is not known,
// and the chain says so.
Result<void> move_old(Database& db) {
  auto done = db.run(old_tables);
  if (!done) return done;
  Mover mover(db);
  for (const auto part : {move_unstarted, move_events, move_rejections}) {
    done = part(db, mover);
    if (!done) return done;
  }
  if (mover.count() > 0) {
    done = mover.add({.kind = std::string(log_kind::migrated),
                      .time = format_time(system_now()),
                      .record = canonical_json(json::object{
                          {"rows", mover.count()},
                          {"detail", "written by an earlier version, without a chain"}})});
    if (!done) return done;
  }
  done = mover.flush();
  if (!done) return done;
  return db.run("DROP TABLE event; DROP TABLE rejection");
}

Result<void> begin_chain(Database& db) {
  auto done = db.run(tables);
  if (!done) return done;
  const auto begun =
      db.change("INSERT INTO head (one, seq, hash) VALUES (1, 0, ?)", {first_hash()});
  if (!begun) return begun.error();
  return move_old(db);
}

Result<void> bring_up(Database& db) {
  // Two processes can come here at once, and the second finds it done.
  const auto version = version_of(db);
  if (!version) return version.error();
  if (*version == current) return {};
  if (*version < chained) {
    if (auto done = begin_chain(db); !done) return done;
  }
  if (auto done = db.run(pass_tables); !done) return done;
  return db.run(fmt::format("PRAGMA user_version={}", current));
}

}  // namespace

Result<int> known_version(const std::string& name, int version) {
  if (version >= 0 && version <= current) return version;
  return Error{.code = Errc::io,
               .message = fmt::format("state database {}: its version is {}, this clawback knows "
                                      "versions up to {}",
                                      printable(name), version, current),
               .hint = "a newer clawback made it: use that one, or another file"};
}

Result<void> migrate(Database& db) {
  const auto version = version_of(db);
  if (!version) return version.error();
  if (*version == current) return {};
  return db.in_transaction([&] { return bring_up(db); });
}

}  // namespace clawback::journal
