#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/digest.hpp"
#include "journal/chain.hpp"
#include "journal/kill_switch.hpp"
#include "journal/store.hpp"
#include "support/journals.hpp"

using namespace clawback;
using namespace clawback::journal;
using test::Folder;
using test::run_of;
using test::store_in;

namespace {

const Time now = *parse_time("2026-11-23T10:00:00Z");

Event event(EventKind kind, std::string action = "a1") {
  return {.kind = kind, .time = now, .action = std::move(action), .detail = "why"};
}

// Two runs, a rejection, an approval, a note, the kill switch: every kind of row.
// 1 started, 2 intent, 3 answered, 4 verified, 5 rejected, 6 approval-used, 7 halted, 8 released,
// 9 ratified, 10 started, 11 ended
void fill(Store& store) {
  REQUIRE(store.start(run_of("r1", "sha256:1")));
  REQUIRE(
      store.append("r1", std::vector<Event>{event(EventKind::intent), event(EventKind::answered),
                                            event(EventKind::verified)}));
  REQUIRE(store.reject("sha256:9", "the envelope of a no"));
  REQUIRE(store.use_approval("n1", "r1", "Dana", true, now));
  REQUIRE(store.halt({.who = "local:ada", .reason = "wrong app", .since = now}));
  REQUIRE(store.release("local:ada", "checked", now));
  REQUIRE(store.note(
      {.kind = "ratified", .run = "r1", .time = now, .record = json::object{{"by", "Sam"}}}));
  REQUIRE(store.start(run_of("r2", "sha256:2")));
  REQUIRE(store.append("r2", event(EventKind::ended, "")));
}
constexpr std::int64_t filled = 11;

void tamper(const Folder& folder, const std::string& sql) {
  auto db = Database::open(folder.database());
  REQUIRE(db);
  const auto done = db->run(sql);
  REQUIRE_MESSAGE(done, done.error().message);
}

// The log as somebody would make it who knows how the hashes are made.
void rehash(const Folder& folder) {
  auto db = Database::open(folder.database());
  REQUIRE(db);
  const auto rows =
      db->query("SELECT seq, run, kind, action, time, record FROM log ORDER BY seq", {});
  REQUIRE(rows);
  std::string hash = first_hash();
  std::string last = "0";
  for (const Database::Row& row : *rows) {
    hash = hash_of(hash, {.seq = std::atoll(row[0].c_str()),
                          .run = row[1],
                          .kind = row[2],
                          .action = row[3],
                          .time = row[4],
                          .record = row[5]});
    last = row[0];
    REQUIRE(db->change("UPDATE log SET hash = ? WHERE seq = ?", {hash, row[0]}));
  }
  REQUIRE(db->change("UPDATE head SET seq = ?, hash = ?", {last, hash}));
}

std::string seq_of(const Error& error) {
  for (const auto& [key, value] : error.details) {
    if (key == "seq") return value;
  }
  return "none";
}

}  // namespace

TEST_CASE("audit: a row's hash is the SHA-256 of the hash before and the row as canonical JSON") {
  const LogRow row{.seq = 1,
                   .run = "r",
                   .kind = "intent",
                   .action = "a",
                   .time = "t",
                   .record = "{\"x\":\"\xc3\xa9\"}"};
  CHECK(hash_of(first_hash(), row) ==
        hex(sha256(first_hash() +
                   "[1,\"r\",\"intent\",\"a\",\"t\",\"{\\\"x\\\":\\\"\xc3\xa9\\\"}\"]")));
  CHECK(first_hash() == hex(sha256("clawback audit log, schema 2")));
}

TEST_CASE("audit: what was written is sound, and an older head is still in it") {
  const Folder folder;
  const auto store = store_in(folder);
  const auto empty = store->verify_chain({});
  REQUIRE(empty);
  CHECK(*empty == Verified{.rows = 0, .runs = 0, .head = {.seq = 0, .hash = first_hash()}});
  CHECK(store->verify_chain(to_text(empty->head))->anchored == 0);
  fill(*store);
  const Head early = *store->head();
  REQUIRE(store->append("r2", event(EventKind::skipped)));
  for (const std::string& head : {to_text(early), early.hash}) {
    const auto seen = store->verify_chain(head);
    REQUIRE_MESSAGE(seen, seen.error().message);
    CHECK(seen->rows == filled + 1);
    CHECK(seen->runs == 2);
    CHECK(seen->anchored == filled);
    CHECK(seen->head == *store->head());
  }
}

TEST_CASE("audit: whatever is changed in the file is found, and where") {
  struct Case {
    std::string_view name;
    std::string sql;
    std::string_view seq;
    std::string_view says;
  };
  const Case cases[] = {
      {"a record", "UPDATE log SET record = replace(record, 'why', 'hm') WHERE seq = 3", "3",
       "changed"},
      {"a kind", "UPDATE log SET kind = 'refused' WHERE seq = 3", "3", "changed"},
      {"an action", "UPDATE log SET action = 'a2' WHERE seq = 4", "4", "changed"},
      {"a time", "UPDATE log SET time = '2026-11-23T10:00:01Z' WHERE seq = 2", "2", "changed"},
      {"a run", "UPDATE log SET run = 'r2' WHERE seq = 4", "4", "changed"},
      {"a hash", "UPDATE log SET hash = lower(hex(zeroblob(32))) WHERE seq = 4", "4", "changed"},
      {"a row removed", "DELETE FROM log WHERE seq = 3", "3", "missing"},
      {"the first row removed", "DELETE FROM log WHERE seq = 1", "1", "missing"},
      {"the last row removed", "DELETE FROM log WHERE seq = 11", "11", "missing"},
      {"everything removed", "DELETE FROM log", "1", "missing"},
      {"a row removed, the others moved up",
       "DELETE FROM log WHERE seq = 3; UPDATE log SET seq = seq - 1 WHERE seq > 3", "3",
       "taken out"},
      {"two rows swapped",
       "UPDATE log SET seq = 99 WHERE seq = 3; UPDATE log SET seq = 3 WHERE seq = 4; "
       "UPDATE log SET seq = 4 WHERE seq = 99",
       "3", "moved"},
      {"a row put in at the end",
       "INSERT INTO log SELECT 12, run, kind, action, time, record, hash FROM log WHERE seq = 11",
       "12", "put in"},
      {"a row put before the first",
       "INSERT INTO log SELECT 0, run, kind, action, time, record, hash "
       "FROM log WHERE seq = 1",
       "1", "missing"},
      {"a plan's text", "UPDATE run SET plan = plan || ' ' WHERE id = 'r2'", "10", "planText"},
      {"a plan's digest", "UPDATE run SET plan_digest = 'sha256:3' WHERE id = 'r1'", "1",
       "plan was"},
      {"the approvals", "UPDATE run SET approvals = 'one' WHERE id = 'r1'", "1", "approvals"},
      {"the tenant", "UPDATE run SET tenant = 't2' WHERE id = 'r1'", "1", "tenant"},
      {"what it undoes", "UPDATE run SET undo_of = 'r1' WHERE id = 'r2'", "10", "undoOf"},
      {"a run's start", "UPDATE run SET started = '2020-01-01T00:00:00Z' WHERE id = 'r2'", "10",
       "start"},
      {"a run's id", "UPDATE run SET id = 'r3' WHERE id = 'r2'", "10", "gone"},
      {"a run removed", "DELETE FROM run WHERE id = 'r2'", "10", "gone"},
      {"a run put in",
       "INSERT INTO run SELECT 'r3', tenant, 'd', plan, undo_of, started, approvals "
       "FROM run WHERE id = 'r1'",
       "11", "no row started it"},
      {"a rejection removed", "DELETE FROM log WHERE kind = 'rejected'", "5", "missing"},
      {"a used approval", "UPDATE log SET action = 'n2' WHERE kind = 'approval-used'", "6",
       "changed"},
      {"the kill switch",
       "UPDATE log SET record = replace(record, 'wrong app', 'x') WHERE kind = "
       "'halted'",
       "7", "changed"},
      {"the head's row", "UPDATE head SET seq = 10", "11", "head"},
      {"the head's hash", "UPDATE head SET hash = lower(hex(zeroblob(32)))", "11", "head"},
      {"the head and the tail", "DELETE FROM log WHERE seq > 8; UPDATE head SET seq = 8", "8",
       "hash"},
      {"the head removed", "DELETE FROM head", "0", "head is gone"},
      {"a trigger", "CREATE TRIGGER x AFTER INSERT ON log BEGIN DELETE FROM log WHERE seq = 2; END",
       "0", "trigger"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const Folder folder;
    fill(*store_in(folder));
    tamper(folder, c.sql);
    const auto seen = store_in(folder)->verify_chain({});
    REQUIRE_FALSE(seen);
    CHECK(seen.error().code == Errc::audit);
    CAPTURE(seen.error().message);
    CHECK(seq_of(seen.error()) == c.seq);
    CHECK(seen.error().message.find(c.says) != std::string::npos);
  }
}

TEST_CASE("audit: a log that was rewritten as a whole is told only by a head that was kept") {
  const Folder folder;
  {
    const auto store = store_in(folder);
    fill(*store);
  }
  const Head kept = *store_in(folder)->head();
  struct Case {
    std::string_view name;
    std::string sql;
    std::string_view seq;       // with SEQ:HASH
    std::string_view hash_seq;  // with the hash alone
  };
  const Case cases[] = {
      {"a row changed", "UPDATE log SET record = replace(record, 'why', 'hm') WHERE seq = 3", "11",
       "11"},
      {"the tail cut", "DELETE FROM log WHERE seq > 8; DELETE FROM run WHERE id = 'r2'", "9", "8"},
  };
  const std::filesystem::path whole = folder.path / "whole.db";
  tamper(folder, "PRAGMA wal_checkpoint(TRUNCATE)");
  std::filesystem::copy_file(folder.database(), whole);
  for (const Case& c : cases) {
    CAPTURE(c.name);
    std::filesystem::copy_file(whole, folder.database(),
                               std::filesystem::copy_options::overwrite_existing);
    tamper(folder, c.sql);
    rehash(folder);
    const auto store = store_in(folder);
    CHECK(store->verify_chain({}));
    const auto both = store->verify_chain(to_text(kept));
    REQUIRE_FALSE(both);
    CHECK(both.error().code == Errc::audit);
    CHECK(seq_of(both.error()) == c.seq);
    const auto hash = store->verify_chain(kept.hash);
    REQUIRE_FALSE(hash);
    CHECK(seq_of(hash.error()) == c.hash_seq);
  }
}

TEST_CASE("audit: a head that is none is refused, whatever it is") {
  const Folder folder;
  const auto store = store_in(folder);
  const std::string hash(64, 'a');
  const std::string heads[] = {"",
                               "x",
                               ":" + hash,
                               "-1:" + hash,
                               "1x:" + hash,
                               "1:" + hash + "0",
                               hash.substr(1),
                               "1:" + hash + ":" + hash,
                               std::string(64, 'g'),
                               std::string("\0", 1),
                               "99999999999999999999:" + hash};
  for (const std::string& head : heads) {
    CAPTURE(head);
    const auto seen = store->verify_chain(head);
    REQUIRE_FALSE(seen);
    CHECK(seen.error().code == Errc::invalid);
  }
}

TEST_CASE("audit: nothing is added to a log whose end was changed") {
  for (const std::string sql : {"DELETE FROM log WHERE seq = 11", "UPDATE head SET seq = 10",
                                "UPDATE head SET hash = lower(hex(zeroblob(32)))",
                                "UPDATE log SET hash = '' WHERE seq = 11", "DELETE FROM head"}) {
    CAPTURE(sql);
    const Folder folder;
    const auto store = store_in(folder);
    fill(*store);
    tamper(folder, sql);
    const auto added = store->append("r1", event(EventKind::intent));
    REQUIRE_FALSE(added);
    CHECK(added.error().code == Errc::audit);
    CHECK(store->start(run_of("r3", "sha256:3")).error().code == Errc::audit);
    CHECK(store->runs()->size() == 2);
  }
}

TEST_CASE("audit: several events are one transaction, and a run that is not there gets none") {
  const Folder folder;
  const auto store = store_in(folder);
  REQUIRE(store->start(run_of("r1", "sha256:1")));
  const Head before = *store->head();
  CHECK(store->append("r1", std::vector<Event>()));
  CHECK(store->append("none", event(EventKind::intent)).error().code == Errc::not_found);
  CHECK(*store->head() == before);
  REQUIRE(store->append("r1", std::vector<Event>(500, event(EventKind::intent))));
  CHECK(store->head()->seq == before.seq + 500);
  CHECK(store->events("r1")->size() == 501);
}

TEST_CASE("audit: killed while batches are appended, no batch is there in part") {
  const Folder folder;
  const auto store = store_in(folder);
  REQUIRE(store->start(run_of("r1", "sha256:1")));
  constexpr std::int64_t batch = 400;
  int stopped_within = 0;
  for (int round = 0; round < 12; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto mine = open_sqlite(folder.database());
      const std::vector<Event> events(batch, event(EventKind::intent));
      while (mine && (*mine)->append("r1", events)) {
      }
      ::_exit(1);
    }
    ::usleep(static_cast<useconds_t>(20'000 + 3'700 * round));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
    const auto seen = store->verify_chain({});
    REQUIRE_MESSAGE(seen, seen.error().message);
    CHECK((seen->rows - 1) % batch == 0);
    if (seen->rows > 1) ++stopped_within;
  }
  CHECK(stopped_within > 0);
  CHECK(store->append("r1", event(EventKind::ended, "")));
}

TEST_CASE("audit: an approval is used by one run") {
  const Folder folder;
  const auto store = store_in(folder);
  REQUIRE(store->use_approval("n1", "r1", "Dana", false, now));
  const Head head = *store->head();
  CHECK(store->use_approval("n1", "r1", "Dana", false, now));
  CHECK(*store->head() == head);
  // First one of several, then alone: the journal has to know.
  REQUIRE(store->use_approval("n3", "r3", "Eli", false, now - std::chrono::hours(1)));
  REQUIRE(store->use_approval("n3", "r3", "Eli", true, now - std::chrono::minutes(1)));
  REQUIRE(store->use_approval("n3", "r3", "Eli", true, now - std::chrono::minutes(1)));
  const auto both = store->approvals_since(now - std::chrono::hours(2));
  REQUIRE(both);
  CHECK(std::count_if(both->begin(), both->end(),
                      [](const UsedApproval& one) { return one.nonce == "n3"; }) == 2);
  CHECK((*both)[2].break_glass);
  CHECK(store->use_approval("n3", "r2", "Eli", true, now).error().code == Errc::approval);
  const auto again = store->use_approval("n1", "r2", "Dana", false, now);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Errc::approval);
  CHECK(again.error().message.find("r1") != std::string::npos);
  const Time later = now + std::chrono::hours(2);
  REQUIRE(store->use_approval("n2", "r2", "Sam", true, later));
  CHECK(store->approvals_since(now)->size() == 2);
  const auto recent = store->approvals_since(now + std::chrono::hours(1));
  REQUIRE(recent);
  CHECK(*recent ==
        std::vector<UsedApproval>{
            {.nonce = "n2", .run = "r2", .approver = "Sam", .break_glass = true, .time = later}});
}

TEST_CASE("audit: notes are found by kind and run, and are no events") {
  const Folder folder;
  const auto store = store_in(folder);
  fill(*store);
  const AuditNote looked{
      .kind = "looked", .run = "", .time = now, .record = json::object{{"n", 1}}};
  REQUIRE(store->note(looked));
  CHECK(*store->notes("looked", "") == std::vector<AuditNote>{looked});
  CHECK(store->notes("looked", "r1")->empty());
  CHECK(store->notes("ratified", "r1")->size() == 1);
  CHECK(store->notes("ratified", "r2")->empty());
  CHECK(store->notes("rejected", "")->size() == 1);
  CHECK(store->events("r1")->size() == 4);
  for (const std::string kind :
       {"intent", "started", "halted", "rejected", "approval-used", "", "A b"}) {
    CAPTURE(kind);
    CHECK(store->note({.kind = kind, .run = "", .time = now, .record = nullptr}).error().code ==
          Errc::invalid);
  }
  CHECK_FALSE(store->note({.kind = "looked", .run = "", .time = now, .record = json::array{0.5}}));
}

TEST_CASE("audit: the log is read newest last, of one run or of all, and no more than asked for") {
  const Folder folder;
  const auto store = store_in(folder);
  fill(*store);
  CHECK(store->log("", 100)->size() == filled);
  const auto last = store->log("", 2);
  REQUIRE(last);
  REQUIRE(last->size() == 2);
  CHECK(last->front().seq == 10);
  CHECK(last->back().kind == "ended");
  const auto of_run = store->log("r2", 100);
  REQUIRE(of_run);
  CHECK(of_run->size() == 2);
}

TEST_CASE("audit: a database of version 1 keeps its rows, in the chain from now on") {
  const Folder folder;
  tamper(
      folder,
      "CREATE TABLE run (id TEXT PRIMARY KEY, tenant TEXT NOT NULL, plan_digest TEXT NOT NULL "
      "UNIQUE, plan TEXT NOT NULL, undo_of TEXT NOT NULL, started TEXT NOT NULL, approvals TEXT "
      "NOT NULL) STRICT;"
      "CREATE TABLE event (seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL REFERENCES "
      "run(id), kind TEXT NOT NULL, action TEXT NOT NULL, time TEXT NOT NULL, record TEXT NOT "
      "NULL) STRICT;"
      "CREATE INDEX event_run ON event(run, seq); CREATE INDEX event_time ON event(kind, time);"
      "CREATE TABLE rejection (plan_digest TEXT NOT NULL, envelope TEXT NOT NULL, PRIMARY KEY "
      "(plan_digest, envelope)) STRICT;"
      "INSERT INTO run VALUES ('r1','t1','sha256:1','{}','','2026-11-01T00:00:00Z','one\ntwo\n'),"
      "('r2','t1','sha256:2','{}','r1','2026-11-02T00:00:00Z','');"
      "INSERT INTO event (run, kind, action, time, record) VALUES "
      "('r1','started','','2026-11-01T00:00:00Z','{\"kind\":\"started\",\"time\":\"2026-11-01T00:"
      "00:00Z\"}'),"
      "('r1','intent','a1','2026-11-01T00:00:01Z','{\"action\":\"a1\",\"kind\":\"intent\",\"time\":"
      "\"2026-11-01T00:00:01Z\"}');"
      "INSERT INTO rejection VALUES ('sha256:9','no');"
      "PRAGMA user_version=1");
  const auto store = store_in(folder);
  const auto events = store->events("r1");
  REQUIRE(events);
  REQUIRE(events->size() == 2);
  CHECK(events->front().kind == EventKind::started);
  CHECK(events->back().action == "a1");
  // It was killed before its first event.
  CHECK(store->events("r2")->size() == 1);
  CHECK(store->run("r1")->approvals == std::vector<std::string>{"one", "two"});
  CHECK(*store->rejections("sha256:9") == std::vector<std::string>{"no"});
  CHECK(store->log("", 10)->back().kind == "migrated");
  const auto seen = store->verify_chain({});
  REQUIRE_MESSAGE(seen, seen.error().message);
  CHECK(seen->rows == 5);
  CHECK(seen->runs == 2);
  REQUIRE(store->append("r1", event(EventKind::ended, "")));
  const auto again = store_in(folder);
  CHECK(again->verify_chain({})->rows == 6);
  tamper(folder, "UPDATE run SET approvals = 'one' WHERE id = 'r1'");
  CHECK_FALSE(again->verify_chain({}));
}

TEST_CASE("lease: whoever came last may write, whoever was there before may not") {
  const Folder folder;
  const auto one = store_in(folder);
  const auto two = store_in(folder);
  REQUIRE(one->start(run_of("r1", "sha256:1")));
  auto first = one->lease("t1");
  REQUIRE(first);
  REQUIRE(one->append("r1", event(EventKind::intent)));
  // The lock file is gone, as on a file system without locks: the row still knows.
  for (const auto& entry : std::filesystem::directory_iterator(folder.path)) {
    if (entry.path().extension() == ".lock") std::filesystem::remove(entry.path());
  }
  auto second = two->lease("t1");
  REQUIRE(second);
  const Head before = *two->head();
  const auto refused = one->append("r1", event(EventKind::intent));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::guard);
  CHECK(one->start(run_of("r2", "sha256:2")).error().code == Errc::guard);
  CHECK(one->use_approval("n", "r1", "Dana", false, now).error().code == Errc::guard);
  CHECK(one->note({.kind = "looked", .run = "", .time = now, .record = nullptr}).error().code ==
        Errc::guard);
  CHECK(*two->head() == before);
  CHECK(two->append("r1", event(EventKind::intent)));
  // The kill switch is for everyone.
  CHECK(one->halt({.who = "ada", .reason = "stop", .since = now}));
  first = Error{.code = Errc::io};
  CHECK(one->append("r1", event(EventKind::lost)));
}

TEST_CASE("lease: a holder that was killed does not stop the next one") {
  const Folder folder;
  const auto store = store_in(folder);
  int pipes[2];
  REQUIRE(::pipe(pipes) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto mine = open_sqlite(folder.database());
    const auto held = (*mine)->lease("t1");
    if (!held || ::write(pipes[1], "x", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char byte = 0;
  REQUIRE(::read(pipes[0], &byte, 1) == 1);
  CHECK(store->lease("t1").error().code == Errc::guard);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(store->lease("t1"));
  ::close(pipes[0]);
  ::close(pipes[1]);
}

TEST_CASE("kill switch: either half stops, and both must be off") {
  const Folder folder;
  const auto store = store_in(folder);
  CHECK(check_kill_switch(*store, folder.database()));
  CHECK_FALSE(*store->halted());
  REQUIRE(store->release("ada", "not set", now));
  CHECK(store->head()->seq == 0);
  REQUIRE(store->halt({.who = "ada", .reason = "wrong \x1b[2J app", .since = now}));
  REQUIRE(store->halt({.who = "sam", .reason = "still", .since = now}));
  CHECK(**store->halted() == Halt{.who = "sam", .reason = "still", .since = now});
  const auto by_row = check_kill_switch(*store, folder.database());
  REQUIRE_FALSE(by_row);
  CHECK(by_row.error().code == Errc::guard);
  CHECK(by_row.error().message.find("sam") != std::string::npos);
  REQUIRE(store->release("sam", "done", now));
  CHECK(check_kill_switch(*store, folder.database()));

  std::ofstream(stop_file_of(folder.database())).flush();
  const auto by_file = check_kill_switch(*store, folder.database());
  REQUIRE_FALSE(by_file);
  CHECK(by_file.error().code == Errc::guard);
  CHECK(by_file.error().message.find("clawback.db.stop") != std::string::npos);
  std::filesystem::remove(stop_file_of(folder.database()));
  std::filesystem::create_symlink("nowhere", stop_file_of(folder.database()));
  CHECK_FALSE(check_kill_switch(*store, folder.database()));
}

TEST_CASE("kill switch: a row that can't be read stops too") {
  const Folder folder;
  const auto store = store_in(folder);
  REQUIRE(store->halt({.who = "ada", .reason = "stop", .since = now}));
  tamper(folder, "UPDATE log SET record = '{' WHERE kind = 'halted'");
  CHECK_FALSE(check_kill_switch(*store, folder.database()));
  tamper(folder, "UPDATE log SET record = '{}', time = 'soon' WHERE kind = 'halted'");
  CHECK_FALSE(check_kill_switch(*store, folder.database()));
}
