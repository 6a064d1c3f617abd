#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "base/file.hpp"
#include "journal/memory_json.hpp"
#include "journal/memory_store.hpp"
#include "journal/store.hpp"
#include "support/folder.hpp"

using namespace clawback;
using namespace clawback::journal;
using test::Folder;

namespace {

const Time now = *parse_time("2026-11-23T10:00:00Z");
const domain::TenantId contoso{"t1"};
const domain::TenantId fabrikam{"t2"};

domain::RememberedGrant grant(const std::string& id) {
  domain::RememberedGrant out;
  out.id = domain::GrantId(id);
  out.client = domain::ServicePrincipalId("sp-em");
  out.resource = domain::ServicePrincipalId("sp-graph");
  out.principal = domain::UserId("ada-" + id);
  out.scopes = {"Mail.Read", "offline_access"};
  out.added_scopes = {"Mail.Read"};
  out.first_seen = now - std::chrono::hours(3);
  out.last_changed = now - std::chrono::hours(2);
  out.by = "ada\x1b@contoso.example";
  out.from = "203.0.113.7 (NL)";
  out.records = {"r1", "r2"};
  out.unknown = "";
  return out;
}

domain::RememberedCase one_case(const std::string& key, Time first, Time last) {
  return {.key = key,
          .first_reported = first,
          .last_reported = last,
          .verdict = domain::Verdict::alert,
          .fingerprint = "f"};
}

domain::Memory memory(int grants, Time observed = now) {
  domain::Memory out;
  out.last_snapshot = observed;
  for (int i = 0; i < grants; ++i) out.grants.push_back(grant("g" + std::to_string(1000 + i)));
  out.apps = {{.app_id = domain::AppId("a1"), .first_seen = now, .last_used = std::nullopt},
              {.app_id = domain::AppId("a2"), .first_seen = now, .last_used = now}};
  out.cases = {one_case("sha256:1", observed, observed)};
  return out;
}

// Runs `work` in a process of its own; its exit code, or minus the signal that ended it.
template <class Work>
pid_t spawn(const Work& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  return child;
}

int ended(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("memory: a remembered grant reads back, and a damaged one is refused") {
  domain::RememberedGrant sparse;
  sparse.id = domain::GrantId("g");
  sparse.client = domain::ServicePrincipalId("sp");
  sparse.consent = domain::ConsentType::all_principals;
  sparse.present = false;
  sparse.not_before = now;
  sparse.not_after = now;
  sparse.unknown = "no log";
  CHECK(*remembered_grant_from(to_json(sparse)) == sparse);
  CHECK(*remembered_grant_from(to_json(grant("g1"))) == grant("g1"));
  CHECK_FALSE(remembered_grant_from(json::object{}));
  CHECK_FALSE(remembered_grant_from(json::object{{"client", "sp"}, {"firstSeen", "soon"}}));
}

TEST_CASE("memory: what was saved is loaded, by another process's handle too") {
  const Folder folder;
  {
    auto store = MemoryStore::open(folder.database());
    REQUIRE(store);
    CHECK(*store->load(contoso) == domain::Memory{});
    REQUIRE(store->save(contoso, memory(3)));
  }
  auto store = MemoryStore::open(folder.database());
  REQUIRE(store);
  CHECK(*store->load(contoso) == memory(3));
  struct stat info{};
  REQUIRE(::stat(folder.database().c_str(), &info) == 0);
  CHECK((info.st_mode & 0777u) == 0600u);
}

TEST_CASE("memory: sightings are the other tenants' applications, and only theirs") {
  const Folder folder;
  auto store = MemoryStore::open(folder.database());
  REQUIRE(store);
  REQUIRE(store->save(contoso, memory(1)));
  REQUIRE(store->save(fabrikam, memory(2)));
  const auto loaded = store->load(contoso);
  REQUIRE(loaded);
  CHECK(loaded->grants.size() == 1);
  REQUIRE(loaded->sightings.size() == 2);
  CHECK(loaded->sightings[0] == domain::Sighting{fabrikam, domain::AppId("a1"), now});
}

TEST_CASE("memory: grants and applications are replaced, cases stay with their first report") {
  const Folder folder;
  auto store = MemoryStore::open(folder.database());
  REQUIRE(store);
  REQUIRE(store->save(contoso, memory(3)));
  const Time later = now + std::chrono::hours(1);
  domain::Memory next = memory(1, later);
  next.apps.pop_back();
  next.cases = {one_case("sha256:1", later, later), one_case("sha256:2", later, later)};
  REQUIRE(store->save(contoso, next));
  next.cases = {};
  REQUIRE(store->save(contoso, next));
  const auto loaded = store->load(contoso);
  REQUIRE(loaded);
  CHECK(loaded->grants.size() == 1);
  CHECK(loaded->apps.size() == 1);
  REQUIRE(loaded->cases.size() == 2);
  CHECK(loaded->cases[0] == one_case("sha256:1", now, later));
  CHECK(loaded->cases[1] == one_case("sha256:2", later, later));
}

TEST_CASE("memory: older evidence does not overwrite what is known of a later time") {
  const Folder folder;
  auto store = MemoryStore::open(folder.database());
  REQUIRE(store);
  REQUIRE(store->save(contoso, memory(3)));
  domain::Memory older = memory(1, now - std::chrono::hours(1));
  CHECK(store->save(contoso, older).error().code == Errc::conflict);
  older.last_snapshot.reset();
  CHECK(store->save(contoso, older).error().code == Errc::conflict);
  CHECK(*store->load(contoso) == memory(3));
}

TEST_CASE("memory: a database from before has its runs still, and remembers from now on") {
  const Folder folder;
  {
    auto old = Database::open(folder.database());
    REQUIRE(old);
    REQUIRE(old->run(
        "CREATE TABLE run (id TEXT PRIMARY KEY, tenant TEXT NOT NULL, plan_digest TEXT NOT NULL "
        "UNIQUE, plan TEXT NOT NULL, undo_of TEXT NOT NULL, started TEXT NOT NULL, approvals TEXT "
        "NOT NULL) STRICT;"
        "INSERT INTO run VALUES ('r1','t1','sha256:1','{}','','2026-11-01T00:00:00Z','')"));
  }
  auto store = MemoryStore::open(folder.database());
  REQUIRE(store);
  REQUIRE(store->save(contoso, memory(1)));
  const auto journal = open_sqlite(folder.database());
  REQUIRE(journal);
  CHECK((*journal)->runs()->size() == 1);
}

TEST_CASE("memory: a database of a newer clawback is left alone") {
  const Folder folder;
  {
    auto newer = Database::open(folder.database());
    REQUIRE(newer);
    REQUIRE(newer->run("PRAGMA user_version=99"));
  }
  const auto store = MemoryStore::open(folder.database());
  REQUIRE_FALSE(store);
  CHECK(store.error().code == Errc::io);
  CHECK(store.error().message.find("99") != std::string::npos);
  CHECK_FALSE(open_sqlite(folder.database()));
}

TEST_CASE("probe: what is there is told without making or changing anything") {
  namespace fs = std::filesystem;
  const Folder folder;
  const fs::path none = folder.path / "not" / "there.db";
  CHECK(probe_sqlite(none) == false);
  CHECK_FALSE(fs::exists(none.parent_path()));
  REQUIRE(open_sqlite(folder.database()));
  const auto files = [&] {
    std::set<std::string> out;
    for (const auto& one : fs::directory_iterator(folder.path)) {
      out.insert(one.path().filename().string());
    }
    return out;
  };
  const auto before = files();
  CHECK(probe_sqlite(folder.database()) == true);
  CHECK(files() == before);
  const fs::path other = folder.path / "other.db";
  REQUIRE(write_file(other, "", 0600));
  CHECK(probe_sqlite(other) == true);  // an empty database
  REQUIRE(write_file(other, "not a database", 0600));
  CHECK_FALSE(probe_sqlite(other));
  CHECK_FALSE(probe_sqlite(folder.path));
}

TEST_CASE("probe: a database of a newer clawback is told before anything is written") {
  const Folder folder;
  {
    auto newer = Database::open(folder.database());
    REQUIRE(newer);
    REQUIRE(newer->run("PRAGMA user_version=99"));
  }
  const auto probed = probe_sqlite(folder.database());
  REQUIRE_FALSE(probed);
  CHECK(probed.error().message.find("99") != std::string::npos);
}

TEST_CASE("memory: what was changed by hand is an error that names the file, never a guess") {
  const char* damages[] = {
      "UPDATE memory SET last_snapshot = 'soon'",   "UPDATE memory_grant SET record = '{'",
      "UPDATE memory_grant SET record = '{}'",      "UPDATE memory_app SET first_seen = ''",
      "UPDATE memory_app SET last_used = 'x'",      "UPDATE memory_case SET verdict = 'fine'",
      "UPDATE memory_case SET first_reported = 'x'"};
  for (const std::string damage : damages) {
    CAPTURE(damage);
    const Folder folder;
    auto store = MemoryStore::open(folder.database());
    REQUIRE(store);
    REQUIRE(store->save(contoso, memory(1)));
    REQUIRE(Database::open(folder.database())->run(damage));
    const auto loaded = store->load(contoso);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().message.find("clawback.db") != std::string::npos);
  }
}

TEST_CASE("memory: a file that is no database is an error") {
  const Folder folder;
  ::FILE* file = ::fopen(folder.database().c_str(), "w");
  REQUIRE(file != nullptr);
  for (int i = 0; i < 100; ++i) ::fputs("this is a text file, and rather a long one\n", file);
  ::fclose(file);
  CHECK_FALSE(MemoryStore::open(folder.database()));
}

TEST_CASE("memory: whatever a log holds can be saved and loaded again") {
  const Folder folder;
  auto store = MemoryStore::open(folder.database());
  REQUIRE(store);
  domain::Memory odd = memory(0);
  domain::RememberedGrant one = grant("");
  one.records = std::vector<std::string>(50'000, std::string(100, '\x01'));
  one.scopes = {std::string(1'000'000, 'x'), "last"};
  one.by = "\xff\xfe\"quoted\" \xe2\x80\xae";
  odd.grants.push_back(one);
  one.principal = domain::UserId(std::string("a\0b", 3));
  odd.grants.push_back(one);
  REQUIRE(store->save(contoso, odd));
  const auto loaded = store->load(contoso);
  REQUIRE(loaded);
  REQUIRE(loaded->grants.size() == 2);
  CHECK(loaded->grants[0].scopes.back() == "last");
  CHECK(loaded->grants[0].records.size() < 1000);
  // What was cut once stays as it is.
  REQUIRE(store->save(contoso, *loaded));
  CHECK(*store->load(contoso) == *loaded);
}

TEST_CASE("memory: killed in the middle of a save, the old state is still there, whole") {
  const Folder folder;
  auto store = MemoryStore::open(folder.database());
  REQUIRE(store);
  REQUIRE(store->save(contoso, memory(2)));
  const Time later = now + std::chrono::hours(1);
  const domain::Memory large = memory(20'000, later);
  const std::filesystem::path log = folder.database().string() + "-wal";
  const auto written = [&] {
    std::error_code ec;
    const auto size = std::filesystem::file_size(log, ec);
    return ec ? std::uintmax_t{0} : size;
  };
  // A change of this size reaches the file long before it is complete: killed a little later each
  // time, the save is somewhere in the middle.
  for (const std::uintmax_t more : {100'000u, 1'000'000u, 3'000'000u}) {
    CAPTURE(more);
    const std::uintmax_t before = written();
    const pid_t child = spawn([&] {
      auto mine = MemoryStore::open(folder.database());
      return mine && mine->save(contoso, large) ? 0 : 1;
    });
    int status = 0;
    bool running = true;
    while (running && written() < before + more) {
      running = ::waitpid(child, &status, WNOHANG) == 0;
      ::usleep(200);
    }
    if (running) {
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
    }
    const auto loaded = store->load(contoso);
    REQUIRE(loaded);
    const bool all_old = *loaded == memory(2);
    const bool all_new =
        loaded->grants.size() == large.grants.size() && loaded->last_snapshot == later;
    CHECK((all_old || all_new));
    if (!all_old) break;  // it was faster than we are: no failure
  }
}

TEST_CASE(
    "memory: a transaction that is torn leaves the old state, and readers do not wait for it") {
  const Folder folder;
  auto store = MemoryStore::open(folder.database());
  REQUIRE(store);
  REQUIRE(store->save(contoso, memory(2)));
  int pipes[2];
  REQUIRE(::pipe(pipes) == 0);
  const pid_t child = spawn([&] {
    auto db = Database::open(folder.database());
    if (!db || !db->run("BEGIN IMMEDIATE; DELETE FROM memory_grant; DELETE FROM memory_app;")) {
      return 1;
    }
    if (::write(pipes[1], "x", 1) != 1) return 1;
    for (;;) ::pause();
  });
  char byte = 0;
  REQUIRE(::read(pipes[0], &byte, 1) == 1);
  // Its transaction is open: a reader sees what was there, at once.
  const Time begun = system_now();
  CHECK(*store->load(contoso) == memory(2));
  CHECK(system_now() - begun < std::chrono::seconds(2));
  ::kill(child, SIGKILL);
  CHECK(ended(child) == -SIGKILL);
  CHECK(*store->load(contoso) == memory(2));
  CHECK(store->save(contoso, memory(3)));
  ::close(pipes[0]);
  ::close(pipes[1]);
}

TEST_CASE("memory: two processes open, migrate and save at once, and both are done") {
  const Folder folder;
  const auto work = [&](const domain::TenantId& tenant) {
    return [&folder, &tenant] {
      for (int i = 0; i < 20; ++i) {
        auto store = MemoryStore::open(folder.database());
        const auto saved = store ? store->save(tenant, memory(50)) : Result<void>(store.error());
        const auto loaded = saved ? store->load(tenant) : Result<domain::Memory>(saved.error());
        if (loaded) continue;
        std::fprintf(stderr, "%s\n", loaded.error().message.c_str());
        return 1;
      }
      return 0;
    };
  };
  const pid_t one = spawn(work(contoso));
  const pid_t two = spawn(work(fabrikam));
  CHECK(ended(one) == 0);
  CHECK(ended(two) == 0);
  auto store = MemoryStore::open(folder.database());
  REQUIRE(store);
  CHECK(store->load(contoso)->grants.size() == 50);
  CHECK(store->load(fabrikam)->sightings.size() == 2);
}
