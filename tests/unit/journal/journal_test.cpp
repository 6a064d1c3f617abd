#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "journal/event_json.hpp"
#include "journal/memory_store.hpp"
#include "journal/store.hpp"
#include "support/journals.hpp"

using namespace clawback;
using namespace clawback::journal;
using test::Folder;
using test::run_of;

namespace {

const Time now = *parse_time("2026-11-23T10:00:00Z");

plan::Plan small_plan() {
  plan::Plan plan;
  plan.id = "p1";
  plan.tenant = "t1";
  plan.actions.resize(2);
  plan.actions[0].id = "a1";
  plan.actions[1].id = "a2";
  return plan;
}

}  // namespace

TEST_CASE("fold: where an action stands after its events") {
  struct Case {
    std::string_view name;
    std::vector<EventKind> events;
    Phase phase;
    int intents;
  };
  const Case cases[] = {
      {"nothing yet", {}, Phase::waiting, 0},
      {"killed before the answer", {EventKind::intent}, Phase::intended, 1},
      {"connection lost", {EventKind::intent, EventKind::lost}, Phase::intended, 1},
      {"answered", {EventKind::intent, EventKind::answered}, Phase::acknowledged, 1},
      {"done", {EventKind::intent, EventKind::answered, EventKind::verified}, Phase::done, 1},
      {"refused", {EventKind::intent, EventKind::refused}, Phase::failed, 1},
      {"lost, and then refused",
       {EventKind::intent, EventKind::lost, EventKind::intent, EventKind::refused},
       Phase::intended,
       2},
      {"lost, then refused twice",
       {EventKind::intent, EventKind::lost, EventKind::intent, EventKind::refused,
        EventKind::intent, EventKind::refused},
       Phase::intended,
       3},
      {"sent again", {EventKind::intent, EventKind::lost, EventKind::intent}, Phase::intended, 2},
      {"was so", {EventKind::satisfied}, Phase::satisfied, 0},
      {"drifted", {EventKind::skipped}, Phase::skipped, 0},
      {"does not show",
       {EventKind::intent, EventKind::answered, EventKind::unverified},
       Phase::unverified,
       1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    std::vector<Event> events;
    for (const EventKind kind : c.events)
      events.push_back({.kind = kind, .time = now, .action = "a1"});
    const RunState state = fold(small_plan(), events);
    CHECK(state.actions.at("a1").phase == c.phase);
    CHECK(state.actions.at("a1").intents == c.intents);
    CHECK(state.actions.at("a2").phase == Phase::waiting);
  }
}

TEST_CASE("fold: what an undo brings back is what the last request found") {
  const json::value first = json::object{{"n", 1}};
  const json::value second = json::object{{"n", 2}};
  const RunState state = fold(
      small_plan(), {{.kind = EventKind::intent, .time = now, .action = "a1", .observed = first},
                     {.kind = EventKind::intent, .time = now, .action = "a1", .observed = second}});
  CHECK(state.actions.at("a1").observed == second);
}

TEST_CASE("fold: what could not be read is tried again") {
  const plan::Plan plan = small_plan();
  const std::vector<Event> events = {
      {.kind = EventKind::verified, .time = now, .action = "a1"},
      {.kind = EventKind::skipped,
       .time = now,
       .action = "a2",
       .detail = std::string(could_not_be_read) + "the answer makes no sense"}};
  CHECK_FALSE(settled(fold(plan, events)));
}

TEST_CASE("fold: done means every action") {
  const plan::Plan plan = small_plan();
  std::vector<Event> events = {{.kind = EventKind::verified, .time = now, .action = "a1"}};
  CHECK_FALSE(all_done(fold(plan, events)));
  events.push_back({.kind = EventKind::skipped, .time = now, .action = "a2"});
  CHECK_FALSE(all_done(fold(plan, events)));
  CHECK(settled(fold(plan, events)));
  events.push_back({.kind = EventKind::satisfied, .time = now, .action = "a2"});
  CHECK(all_done(fold(plan, events)));
}

TEST_CASE("event: every record reads back") {
  const Event event{.kind = EventKind::refused,
                    .time = now,
                    .action = "a7",
                    .client_request_id = "c",
                    .status = 403,
                    .request_id = "r",
                    .detail = "no \x1b permission",
                    .observed = json::object{{"id", "x"}}};
  CHECK(*event_from(to_json(event)) == event);
  CHECK_FALSE(event_from(json::object{{"kind", "nonsense"}}));
}

TEST_CASE("store: a plan is used once, and says by which run") {
  const Folder folder;
  const auto store = open_sqlite(folder.path / "state" / "clawback.db");
  REQUIRE(store);
  REQUIRE((*store)->start(run_of("r1", "sha256:1")));
  const auto again = (*store)->start(run_of("r2", "sha256:1"));
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Errc::stale);
  CHECK(again.error().message.find("r1") != std::string::npos);
  CHECK((*store)->start(run_of("r3", "sha256:3")));
}

TEST_CASE("store: runs and events survive, are found by prefix and are private") {
  const Folder folder;
  const auto file = folder.database();
  {
    const auto store = open_sqlite(file);
    REQUIRE(store);
    REQUIRE((*store)->start(run_of("abc-1", "sha256:1")));
    REQUIRE((*store)->append("abc-1", {.kind = EventKind::intent, .time = now, .action = "a1"}));
  }
  const auto store = open_sqlite(file);
  REQUIRE(store);
  CHECK(*(*store)->run("abc") == run_of("abc-1", "sha256:1"));
  CHECK((*store)->run("%").error().code == Errc::not_found);
  CHECK((*store)->run("").error().code == Errc::not_found);
  CHECK((*store)->events("abc-1")->size() == 2);
  CHECK((*store)->runs()->size() == 1);
  const auto marks = (*store)->run_marks();
  REQUIRE(marks);
  REQUIRE(marks->size() == 1);
  CHECK(marks->front() == RunMark{.id = "abc-1",
                                  .tenant = "t1",
                                  .plan_digest = "sha256:1",
                                  .newest = (*store)->head()->seq});
  REQUIRE((*store)->reject("sha256:2", "envelope"));
  CHECK((*store)->run_marks() == marks);
  REQUIRE((*store)->append("abc-1", {.kind = EventKind::ended, .time = now}));
  CHECK((*store)->run_marks()->front().newest == (*store)->head()->seq);
  struct stat info{};
  REQUIRE(::stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777u) == 0600u);
}

TEST_CASE("store: a rejection is kept") {
  const Folder folder;
  const auto store = open_sqlite(folder.database());
  REQUIRE(store);
  REQUIRE((*store)->reject("sha256:1", "envelope"));
  REQUIRE((*store)->reject("sha256:1", "envelope"));
  CHECK((*store)->rejections("sha256:1")->size() == 1);
  CHECK((*store)->rejections("sha256:2")->empty());
}

TEST_CASE("store: an event of a run that does not exist is refused") {
  const Folder folder;
  const auto store = open_sqlite(folder.database());
  REQUIRE(store);
  CHECK_FALSE((*store)->append("none", {.kind = EventKind::intent, .time = now, .action = "a1"}));
}

TEST_CASE("store: one mutator per tenant at a time") {
  const Folder folder;
  const auto one = open_sqlite(folder.database());
  const auto two = open_sqlite(folder.database());
  REQUIRE(one);
  REQUIRE(two);
  {
    const auto held = (*one)->lease("t1");
    REQUIRE(held);
    CHECK((*two)->lease("t1").error().code == Errc::guard);
    CHECK((*two)->lease("t2"));
  }
  CHECK((*two)->lease("t1"));
}

namespace {

// Asked by another process: one's own locks are never in one's way.
bool is_held_open(const std::filesystem::path& database) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    struct flock wanted{};
    wanted.l_type = F_WRLCK;
    wanted.l_whence = SEEK_SET;
    const int fd = ::open(database.c_str(), O_RDWR | O_CLOEXEC);
    const bool asked = fd >= 0 && ::fcntl(fd, F_GETLK, &wanted) == 0;
    ::_exit(asked && wanted.l_type != F_UNLCK ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("journal: opening the database once more leaves the first one's hold on it") {
  const Folder folder;
  const auto store = test::store_in(folder);
  REQUIRE(store->runs());
  CHECK(is_held_open(folder.database()));
  {
    const auto memory = MemoryStore::open(folder.database());
    REQUIRE(memory);
    CHECK(is_held_open(folder.database()));
  }
  CHECK(is_held_open(folder.database()));
  // Nobody takes the log away under it.
  CHECK(std::filesystem::exists(folder.database().string() + "-wal"));
}
