#include "journal/chain.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "journal/event_json.hpp"

namespace clawback::journal {
namespace {

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end != 0) out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

Error broken(const Database& db, std::int64_t seq, std::string_view how) {
  return Error{.code = Errc::audit,
               .message = fmt::format("state database {}: the audit log was changed: {}",
                                      printable(db.name()), how),
               .hint =
                   "`clawback log verify` says where; keep the file as evidence and go on with "
                   "a new one",
               .details = {{"seq", std::to_string(seq)}}};
}

// The row that the head names must be the last one.
Result<void> check_end(Database& db, const Head& head) {
  const auto last = db.query("SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1", {});
  if (!last) return last.error();
  const bool same =
      last->empty() ? head == Head{.seq = 0, .hash = first_hash()}
                    : last->front()[0] == std::to_string(head.seq) && last->front()[1] == head.hash;
  if (same) return {};
  return broken(db, head.seq, fmt::format("its last row is not row {}, its head", head.seq));
}

}  // namespace

std::string first_hash() { return hex(sha256("clawback audit log, schema 2")); }

std::string hash_of(std::string_view before, const LogRow& row) {
  const json::value fields =
      json::array{row.seq, row.run, row.kind, row.action, row.time, row.record};
  return hex(sha256(std::string(before) + canonical_json(fields)));
}

Result<Head> read_head(Database& db) {
  const auto rows = db.query("SELECT seq, hash FROM head", {});
  if (!rows) return rows.error();
  if (rows->size() != 1) return broken(db, 0, "its head is gone");
  Head head{.seq = 0, .hash = rows->front()[1]};
  const std::string& number = rows->front()[0];
  std::from_chars(number.data(), number.data() + number.size(), head.seq);
  return head;
}

Result<void> extend(Database& db, std::vector<LogRow> rows) {
  auto head = read_head(db);
  if (!head) return head.error();
  const auto sound = check_end(db, *head);
  if (!sound) return sound.error();
  std::vector<Database::Row> values;
  for (LogRow& row : rows) {
    row.seq = ++head->seq;
    head->hash = hash_of(head->hash, row);
    values.push_back({std::to_string(row.seq), std::move(row.run), std::move(row.kind),
                      std::move(row.action), std::move(row.time), std::move(row.record),
                      head->hash});
  }
  const auto put = db.change_each(
      "INSERT INTO log (seq, run, kind, action, time, record, hash) VALUES (?,?,?,?,?,?,?)",
      values);
  if (!put) return put.error();
  const auto moved =
      db.change("UPDATE head SET seq = ?, hash = ?", {std::to_string(head->seq), head->hash});
  if (!moved) return moved.error();
  return {};
}

namespace {

// One a line.
std::string approvals_text(const std::vector<std::string>& envelopes) {
  std::string out;
  for (const std::string& envelope : envelopes) out += envelope + "\n";
  return out;
}

}  // namespace

Database::Row columns_of(const Run& run) {
  return {run.id,
          run.tenant,
          run.plan_digest,
          run.plan_text,
          run.undo_of,
          format_time(run.started),
          approvals_text(run.approvals)};
}

json::object digest_of(const Database::Row& run) {
  json::object out;
  out["tenant"] = run[1];
  out["plan"] = run[2];
  out["planText"] = sha256_text(run[3]);
  out["undoOf"] = run[4];
  out["approvals"] = sha256_text(run[6]);
  return out;
}

LogRow started_row(const Database::Row& run, Time started) {
  json::value record = to_json(Event{.kind = EventKind::started, .time = started});
  record.as_object()["digests"] = digest_of(run);
  return {.run = run[0],
          .kind = std::string(name_of(EventKind::started)),
          .time = run[5],
          .record = canonical_json(record)};
}

Result<Run> run_from(const Database::Row& row) {
  const auto started = parse_time(row[5]);
  if (!started) return within("journal", started.error());
  return Run{.id = row[0],
             .tenant = row[1],
             .plan_digest = row[2],
             .plan_text = row[3],
             .undo_of = row[4],
             .started = *started,
             .approvals = split_lines(row[6])};
}

}  // namespace clawback::journal
