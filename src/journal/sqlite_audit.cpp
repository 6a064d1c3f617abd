#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>

#include "base/safe_text.hpp"
#include "journal/event_json.hpp"
#include "journal/sqlite_store.hpp"

// Records of the audit log that are no action's events.
namespace clawback::journal {
namespace {

constexpr std::size_t kind_max = 40;

bool is_word(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; };
  return !text.empty() && text.size() <= kind_max && std::all_of(text.begin(), text.end(), fits);
}

bool is_ours(std::string_view kind) {
  constexpr std::array kinds = {log_kind::rejected, log_kind::halted, log_kind::released,
                                log_kind::approval_used, log_kind::migrated};
  return event_kind_from(kind) || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

LogRow row_of(std::string_view kind, Time time, const json::value& record, std::string run = {}) {
  return {.run = std::move(run),
          .kind = std::string(kind),
          .time = format_time(time),
          .record = canonical_json(record)};
}

// What can't be read is an error: "no rejection" or "not halted" would be a guess.
Result<AuditNote> note_from(const Database::Row& row) {
  const auto time = parse_time(row[2]);
  if (!time) return within("journal", time.error());
  auto record = parse_json(row[3]);
  if (!record) return within("journal", record.error());
  return AuditNote{.kind = row[0], .run = row[1], .time = *time, .record = std::move(*record)};
}

std::string text_at(const AuditNote& note, std::string_view key) {
  return string_at(note.record, key).value_or("");
}

}  // namespace

Result<void> SqliteStore::note(const AuditNote& note) {
  if (!is_word(note.kind) || is_ours(note.kind) || has_fraction(note.record)) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("\"{}\" can't be a note in the audit log",
                                        printable(note.kind, 60))};
  }
  return write([&] { return extend(db_, {row_of(note.kind, note.time, note.record, note.run)}); });
}

Result<std::vector<AuditNote>> SqliteStore::notes(const std::string& kind, const std::string& run) {
  std::vector<AuditNote> out;
  const auto read = db_.each(
      "SELECT kind, run, time, record FROM log WHERE kind = ?1 AND (?2 = '' OR run = ?2) "
      "ORDER BY seq",
      {kind, run}, [&](const Database::Row& row) -> Result<void> {
        auto note = note_from(row);
        if (!note) return note.error();
        out.push_back(std::move(*note));
        return {};
      });
  if (!read) return read.error();
  return out;
}

Result<void> SqliteStore::reject(const std::string& plan_digest, const std::string& envelope) {
  return write([&]() -> Result<void> {
    const auto known = rejections(plan_digest);
    if (!known) return known.error();
    if (std::find(known->begin(), known->end(), envelope) != known->end()) return {};
    return extend(db_, {row_of(log_kind::rejected, system_now(),
                               json::object{{"plan", plan_digest}, {"envelope", envelope}})});
  });
}

Result<std::vector<std::string>> SqliteStore::rejections(const std::string& plan_digest) {
  const auto all = notes(std::string(log_kind::rejected), {});
  if (!all) return all.error();
  std::vector<std::string> out;
  for (const AuditNote& one : *all) {
    if (text_at(one, "plan") == plan_digest) out.push_back(text_at(one, "envelope"));
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<std::optional<Halt>> SqliteStore::halted() {
  const auto rows = db_.query(
      "SELECT kind, run, time, record FROM log WHERE kind IN ('halted', 'released') "
      "ORDER BY seq DESC LIMIT 1",
      {});
  if (!rows) return rows.error();
  if (rows->empty() || rows->front()[0] == log_kind::released) return std::optional<Halt>();
  const auto note = note_from(rows->front());
  if (!note) return note.error();
  return std::optional(
      Halt{.who = text_at(*note, "who"), .reason = text_at(*note, "reason"), .since = note->time});
}

// A kill switch asks nobody for the lease.
Result<void> SqliteStore::halt(const Halt& halt) {
  return db_.in_transaction([&] {
    return extend(db_, {row_of(log_kind::halted, halt.since,
                               json::object{{"who", halt.who}, {"reason", halt.reason}})});
  });
}

Result<void> SqliteStore::release(const std::string& who, const std::string& reason, Time time) {
  return db_.in_transaction([&]() -> Result<void> {
    const auto set = halted();
    if (!set) return set.error();
    if (!*set) return {};
    return extend(
        db_, {row_of(log_kind::released, time, json::object{{"who", who}, {"reason", reason}})});
  });
}

Result<void> SqliteStore::use_approval(const std::string& nonce, const std::string& run,
                                       const std::string& approver, bool break_glass, Time time) {
  return write([&]() -> Result<void> {
    const auto used = db_.query(
        "SELECT kind, run, time, record FROM log WHERE kind = 'approval-used' AND action = ? "
        "ORDER BY seq DESC LIMIT 1",
        {nonce});
    if (!used) return used.error();
    std::string by;
    bool known = false;
    if (!used->empty()) {
      const auto last = note_from(used->front());
      if (!last) return last.error();
      by = last->run;
      // The same yes, first one of several and now alone: that has to be known.
      known = by == run && (!break_glass || bool_at(last->record, "breakGlass").value_or(true));
    }
    if (known) return {};
    if (used->empty() || by == run) {
      LogRow row = row_of(log_kind::approval_used, time,
                          json::object{{"approver", approver}, {"breakGlass", break_glass}}, run);
      row.action = nonce;
      return extend(db_, {std::move(row)});
    }
    return Error{.code = Errc::approval,
                 .message = fmt::format("the approval of {} was used already, by run {}",
                                        printable(approver, 60), printable(by, 60)),
                 .hint = "an approval is used once: approve the new plan"};
  });
}

Result<std::vector<UsedApproval>> SqliteStore::approvals_since(Time from) {
  std::vector<UsedApproval> out;
  const auto read = db_.each(
      "SELECT kind, run, time, record, action FROM log WHERE kind = 'approval-used' ORDER BY seq",
      {}, [&](const Database::Row& row) -> Result<void> {
        const auto note = note_from(row);
        if (!note) return note.error();
        if (note->time < from) return {};
        out.push_back({.nonce = row[4],
                       .run = note->run,
                       .approver = text_at(*note, "approver"),
                       // Not readable counts against the limit, not for it.
                       .break_glass = bool_at(note->record, "breakGlass").value_or(true),
                       .time = note->time});
        return {};
      });
  if (!read) return read.error();
  return out;
}

Result<std::vector<LogRow>> SqliteStore::log(const std::string& run, std::size_t limit) {
  const auto rows = db_.query(
      fmt::format(
          "SELECT seq, run, kind, action, time, record FROM log {} ORDER BY seq DESC LIMIT {}",
          run.empty() ? "WHERE ? = ''" : "WHERE run = ?",
          std::min<std::size_t>(limit, 100'000'000)),
      {run});
  if (!rows) return rows.error();
  std::vector<LogRow> out;
  for (auto row = rows->rbegin(); row != rows->rend(); ++row) {
    out.push_back({.seq = std::atoll((*row)[0].c_str()),
                   .run = (*row)[1],
                   .kind = (*row)[2],
                   .action = (*row)[3],
                   .time = (*row)[4],
                   .record = (*row)[5]});
  }
  return out;
}

}  // namespace clawback::journal
