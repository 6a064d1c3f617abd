#include <fmt/format.h>

#include <cstdlib>
#include <set>

#include "base/safe_text.hpp"
#include "journal/event_json.hpp"
#include "journal/schema.hpp"
#include "journal/sqlite_store.hpp"

namespace clawback::journal {
namespace {

// LIKE's wildcards in what a person typed are letters like any other.
std::string prefix_pattern(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + '%';
}

Error used_error(const Database::Row& row) {
  return Error{
      .code = Errc::stale,
      .message = fmt::format("the plan was used by run {} on {}", row[0], row[1]),
      .hint = fmt::format("`clawback resume {}` goes on with it; else make a new plan", row[0]),
      .details = {{"run", row[0]}}};
}

Error no_run(const std::string& id) {
  return Error{.code = Errc::not_found,
               .message = fmt::format("no run has the id {}", printable(id, 60)),
               .hint = "`clawback runs` lists them"};
}

Error damaged(const std::string& run) {
  return Error{.code = Errc::audit,
               .message = fmt::format("journal: a record of run {} is not of the kind that its row "
                                      "says",
                                      printable(run, 60)),
               .hint = "it was changed by hand: `clawback log verify`"};
}

}  // namespace

Result<void> SqliteStore::start(const Run& run) {
  return write([&]() -> Result<void> {
    const auto used =
        db_.query("SELECT id, started FROM run WHERE plan_digest = ?", {run.plan_digest});
    if (!used) return used.error();
    if (!used->empty()) return used_error(used->front());
    const auto put = db_.change(
        "INSERT INTO run (id, tenant, plan_digest, plan, undo_of, started, approvals) VALUES "
        "(?,?,?,?,?,?,?)",
        columns_of(run));
    if (!put) return put.error();
    return extend(db_, {started_row(columns_of(run), run.started)});
  });
}

Result<void> SqliteStore::append(const std::string& run, const std::vector<Event>& events) {
  if (events.empty()) return {};
  std::vector<LogRow> rows;
  for (const Event& event : events) {
    rows.push_back({.run = run,
                    .kind = std::string(name_of(event.kind)),
                    .action = event.action,
                    .time = format_time(event.time),
                    .record = canonical_json(to_json(event))});
  }
  return write([&]() -> Result<void> {
    const auto known = db_.query("SELECT 1 FROM run WHERE id = ?", {run});
    if (!known) return known.error();
    if (known->empty()) return no_run(run);
    return extend(db_, std::move(rows));
  });
}

Result<Run> SqliteStore::run(const std::string& id) {
  const auto rows =
      db_.query(std::string(select_run) + (" WHERE id LIKE ? ESCAPE '\\' ORDER BY id LIMIT 2"),
                {prefix_pattern(id)});
  if (!rows) return rows.error();
  if (rows->empty() || id.empty()) return no_run(id);
  if (rows->size() > 1 && rows->front()[0] != id) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("more than one run begins with {}", printable(id, 60)),
                 .hint = "`clawback runs` lists them"};
  }
  return run_from(rows->front());
}

Result<std::vector<Event>> SqliteStore::events(const std::string& run) {
  const auto rows = db_.query("SELECT record, kind FROM log WHERE run = ? ORDER BY seq", {run});
  if (!rows) return rows.error();
  std::vector<Event> out;
  for (const Database::Row& row : *rows) {
    const auto kind = event_kind_from(row[1]);
    if (!kind) continue;  // a note on the run
    const auto value = parse_json(row[0]);
    if (!value) return within("journal", value.error());
    auto event = event_from(*value);
    if (!event) return event.error();
    if (event->kind != *kind) return damaged(run);
    out.push_back(std::move(*event));
  }
  return out;
}

Result<std::vector<Run>> SqliteStore::runs() {
  const auto rows = db_.query(std::string(select_run) + " ORDER BY started DESC, id", {});
  if (!rows) return rows.error();
  std::vector<Run> out;
  for (const Database::Row& row : *rows) {
    auto run = run_from(row);
    if (!run) return run.error();
    out.push_back(std::move(*run));
  }
  return out;
}

Result<std::vector<RunMark>> SqliteStore::run_marks() {
  const auto rows = db_.query(
      "SELECT id, tenant, plan_digest, coalesce((SELECT max(seq) FROM log WHERE log.run = run.id), "
      "0) FROM run ORDER BY started DESC, id",
      {});
  if (!rows) return rows.error();
  std::vector<RunMark> out;
  out.reserve(rows->size());
  for (const Database::Row& row : *rows) {
    out.push_back({.id = row[0],
                   .tenant = row[1],
                   .plan_digest = row[2],
                   .newest = std::strtoll(row[3].c_str(), nullptr, 10)});
  }
  return out;
}

Result<std::vector<plan::Action>> SqliteStore::sent_since(const std::string& tenant, Time from) {
  const auto runs = db_.query(
      "SELECT DISTINCT run.id, run.plan FROM log JOIN run ON run.id = log.run "
      "WHERE log.kind = 'intent' AND log.time >= ? AND run.tenant = ?",
      {format_time(from), tenant});
  if (!runs) return runs.error();
  std::vector<plan::Action> out;
  for (const Database::Row& run : *runs) {
    const auto sent =
        db_.query("SELECT DISTINCT action FROM log WHERE run = ? AND kind = 'intent' AND time >= ?",
                  {run[0], format_time(from)});
    if (!sent) return sent.error();
    const auto plan = plan::parse(run[1]);
    if (!plan) return within("journal: run " + run[0], plan.error());
    std::set<std::string> ids;
    for (const Database::Row& row : *sent) ids.insert(row[0]);
    for (const plan::Action& action : plan->actions) {
      if (ids.contains(action.id)) out.push_back(action);
    }
  }
  return out;
}

Result<std::unique_ptr<Store>> open_sqlite(const std::filesystem::path& file) {
  auto db = Database::open(file);
  if (!db) return db.error();
  const auto made = migrate(*db);
  if (!made) return made.error();
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(std::move(*db), file));
}

}  // namespace clawback::journal
