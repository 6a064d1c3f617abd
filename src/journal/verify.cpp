#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <charconv>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "journal/chain.hpp"

namespace clawback::journal {
namespace {

constexpr std::size_t hash_length = 64;

struct Anchor {
  std::optional<std::int64_t> seq;
  std::string hash;
};

bool is_hash(std::string_view text) {
  return text.size() == hash_length && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

Result<Anchor> anchor_from(std::string_view given) {
  Anchor anchor;
  const std::size_t colon = given.find(':');
  bool good = true;
  if (colon != std::string_view::npos) {
    std::int64_t seq = -1;
    const char* begin = given.begin();
    const char* end = begin + colon;
    const auto read = std::from_chars(begin, end, seq);
    good = read.ec == std::errc() && read.ptr == end && seq >= 0;
    anchor.seq = seq;
  }
  anchor.hash = to_lower(given.substr(colon == std::string_view::npos ? 0 : colon + 1));
  if (good && is_hash(anchor.hash)) return anchor;
  return Error{.code = Errc::invalid,
               .message = fmt::format("\"{}\" is not an audit head", printable(given, 100)),
               .hint =
                   "SEQ:HASH or HASH, as a report says after \"audit head\"; the hash has 64 "
                   "hex digits"};
}

class Walk {
 public:
  Walk(Database& db, std::optional<Anchor> anchor) : db_(db), anchor_(std::move(anchor)) {
    seen_.head = {.seq = 0, .hash = first_hash()};
    look_for_anchor();
  }

  Result<Verified> go() {
    auto done = check_schema();
    if (!done) return done.error();
    done = db_.each("SELECT seq, run, kind, action, time, record, hash FROM log ORDER BY seq", {},
                    [this](const Database::Row& row) { return step(row); });
    if (!done) return done.error();
    for (const auto part : {&Walk::check_head, &Walk::check_runs, &Walk::check_anchor}) {
      done = (this->*part)();
      if (!done) return done.error();
    }
    return seen_;
  }

 private:
  Error wrong(std::int64_t seq, const std::string& how) const {
    return Error{.code = Errc::audit,
                 .message = fmt::format("the audit log is broken at row {}: {}", seq, how),
                 .hint =
                     "somebody changed the database by hand, or put an older copy in its place: "
                     "keep the file as evidence",
                 .details = {{"seq", std::to_string(seq)}}};
  }

  void look_for_anchor() {
    if (!anchor_ || anchor_->hash != seen_.head.hash) return;
    if (!anchor_->seq || *anchor_->seq == seen_.head.seq) seen_.anchored = seen_.head.seq;
  }

  // A trigger or a view could make later rows other than what was written.
  Result<void> check_schema() {
    const auto rows = db_.query(
        "SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view') ORDER BY name", {});
    if (!rows) return rows.error();
    if (rows->empty()) return {};
    return wrong(0, fmt::format("the database has a {} \"{}\" that clawback did not make",
                                printable(rows->front()[0], 20), printable(rows->front()[1], 60)));
  }

  Result<void> step(const Database::Row& values) {
    LogRow row{.run = values[1],
               .kind = values[2],
               .action = values[3],
               .time = values[4],
               .record = values[5]};
    const std::string& number = values[0];
    std::from_chars(number.data(), number.data() + number.size(), row.seq);
    const std::int64_t expected = seen_.head.seq + 1;
    if (row.seq != expected) {
      return wrong(expected, fmt::format("it is missing; the next row is {}", row.seq));
    }
    if (hash_of(seen_.head.hash, row) != values[6]) {
      return wrong(expected,
                   fmt::format("its hash does not follow from what it says and row {}: it was "
                               "changed, moved or put in, or a row before it was taken out",
                               seen_.head.seq));
    }
    seen_.head = {.seq = row.seq, .hash = values[6]};
    ++seen_.rows;
    if (anchor_ && anchor_->seq == row.seq && anchor_->hash != values[6]) {
      return wrong(row.seq,
                   "it is another one than the anchored head says: the log was rewritten, "
                   "or is of another database");
    }
    look_for_anchor();
    if (row.kind != name_of(EventKind::started)) return {};
    return check_run(row);
  }

  // The run's own row is not in the chain; its digests are.
  Result<void> check_run(const LogRow& row) {
    ++seen_.runs;
    const auto record = parse_json(row.record);
    const json::object* digests = record ? object_at(*record, "digests") : nullptr;
    if (digests == nullptr) return wrong(row.seq, "it starts a run without saying which");
    const auto found = db_.query(std::string(select_run) + " WHERE id = ?", {row.run});
    if (!found) return found.error();
    const std::string name = printable(row.run, 60);
    if (found->empty()) return wrong(row.seq, fmt::format("run {} that it starts is gone", name));
    const Database::Row& values = found->front();
    const json::object stored = digest_of(values);
    for (const auto& [key, value] : *digests) {
      const json::value* there = stored.if_contains(key);
      if (there != nullptr && *there == value) continue;
      return wrong(row.seq,
                   fmt::format("run {} is another one than was started: its {} was changed", name,
                               printable(std::string_view(key), 20)));
    }
    if (values[5] != row.time) {
      return wrong(row.seq, fmt::format("run {}: its start was changed", name));
    }
    return {};
  }

  Result<void> check_head() {
    const auto head = read_head(db_);
    if (!head) return head.error();
    if (*head == seen_.head) return {};
    if (head->seq > seen_.head.seq) {
      return wrong(seen_.head.seq + 1,
                   fmt::format("it is missing: the log ends at row {}, its head is row {}",
                               seen_.head.seq, head->seq));
    }
    if (head->seq < seen_.head.seq) {
      return wrong(head->seq + 1,
                   fmt::format("the head is row {}: this one was put in, or the head "
                               "was set back",
                               head->seq));
    }
    return wrong(head->seq, "the head has another hash than this row");
  }

  Result<void> check_runs() {
    const auto rows = db_.query(
        "SELECT id FROM run WHERE id NOT IN (SELECT run FROM log WHERE kind = 'started') LIMIT 1",
        {});
    if (!rows) return rows.error();
    if (rows->empty()) return {};
    return wrong(seen_.head.seq, fmt::format("run {} is in the database, but no row started it",
                                             printable(rows->front()[0], 60)));
  }

  Result<void> check_anchor() {
    if (!anchor_ || seen_.anchored) return {};
    if (anchor_->seq && *anchor_->seq > seen_.head.seq) {
      return wrong(seen_.head.seq + 1,
                   fmt::format("the log ends before it, and the anchored head is row {}: an older "
                               "copy of the database was put back, or its end was cut",
                               *anchor_->seq));
    }
    return wrong(seen_.head.seq,
                 "no row up to this one has the anchored hash: an older copy of the "
                 "database was put back, or the log was rewritten");
  }

  Database& db_;
  std::optional<Anchor> anchor_;
  Verified seen_;
};

}  // namespace

Result<Verified> verify(Database& db, const std::optional<std::string>& anchored_head) {
  std::optional<Anchor> anchor;
  if (anchored_head) {
    auto read = anchor_from(*anchored_head);
    if (!read) return read.error();
    anchor = std::move(*read);
  }
  Verified out;
  const auto walked = db.at_one_moment([&]() -> Result<void> {
    const auto seen = Walk(db, std::move(anchor)).go();
    if (!seen) return seen.error();
    out = *seen;
    return {};
  });
  if (!walked) return walked.error();
  return out;
}

}  // namespace clawback::journal
