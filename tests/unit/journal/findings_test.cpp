#include <doctest/doctest.h>

#include "journal/finding_store.hpp"
#include "journal/memory_store.hpp"
#include "support/folder.hpp"
#include "support/journals.hpp"

using namespace clawback;
using namespace clawback::journal;
using domain::Verdict;
using test::Folder;

namespace {

const Time now = *parse_time("2026-11-23T10:00:00Z");
const domain::TenantId contoso{"t1"};
const domain::TenantId fabrikam{"t2"};

FindingStore open_in(const Folder& folder) {
  auto store = FindingStore::open(folder.database());
  REQUIRE_MESSAGE(store, store.error().message);
  return std::move(*store);
}

KeptFinding finding(const std::string& key, Verdict verdict, int score,
                    const std::string& search = "em client\nada@contoso.example\n") {
  return {.key = key,
          .verdict = verdict,
          .score = score,
          .rule = verdict == Verdict::alert ? "known" : "",
          .state = "new",
          .search = search,
          .line = "line of " + key,
          .record = "record of " + key};
}

KeptPass pass(std::vector<KeptFinding> findings, Time observed = now) {
  return {.observed = observed,
          .header = "header of " + format_time(observed),
          .findings = std::move(findings)};
}

std::vector<std::string> keys(FindingStore& store, const FindingFilter& filter) {
  const auto page = store.page(contoso, filter);
  REQUIRE_MESSAGE(page, page.error().message);
  std::vector<std::string> out;
  for (const std::string& line : page->lines) out.push_back(line.substr(8));
  return out;
}

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("findings: the newest pass is listed worst first, a page at a time") {
  const Folder folder;
  FindingStore store = open_in(folder);
  CHECK(store.page(contoso, {}).error().code == Errc::not_found);
  CHECK(store.one(contoso, "a").error().code == Errc::not_found);
  CHECK(store.header(contoso).error().code == Errc::not_found);
  REQUIRE(
      store.save(contoso, pass({finding("d", Verdict::info, 200), finding("c", Verdict::alert, 9),
                                finding("b", Verdict::alert, 90), finding("a", Verdict::alert, 90),
                                finding("e", Verdict::watch, 100)})));
  CHECK(keys(store, {}) == Keys{"a", "b", "c", "e", "d"});
  CHECK(keys(store, {.from = 1, .count = 2}) == Keys{"b", "c"});
  CHECK(keys(store, {.from = 4, .count = 2}) == Keys{"d"});
  CHECK(keys(store, {.from = 5}).empty());
  CHECK(keys(store, {.from = static_cast<std::size_t>(-1)}).empty());
  const auto page = store.page(contoso, {.verdict = Verdict::alert, .count = 1});
  REQUIRE(page);
  CHECK(page->matching == 3);
  CHECK(page->all == 5);
  CHECK(page->alerts == 3);
  CHECK(page->watches == 1);
  CHECK(page->left_out == 0);
  CHECK(page->header == "header of 2026-11-23T10:00:00Z");
  CHECK(store.one(contoso, "e")->record == "record of e");
  CHECK(store.one(contoso, "z").error().code == Errc::not_found);
  CHECK(store.page(fabrikam, {}).error().code == Errc::not_found);
}

TEST_CASE("findings: filters hold together, and what is looked for is no pattern and no SQL") {
  const Folder folder;
  FindingStore store = open_in(folder);
  const std::string hostile = "x' OR '1'='1\n100%_\\\n";
  REQUIRE(store.save(contoso, pass({finding("a", Verdict::alert, 3, "em client\n"),
                                    finding("b", Verdict::watch, 2, "100 percent\n"),
                                    finding("c", Verdict::info, 1, hostile)})));
  CHECK(keys(store, {.text = "client"}) == Keys{"a"});
  CHECK(keys(store, {.text = "client", .verdict = Verdict::watch}).empty());
  CHECK(keys(store, {.text = "100"}) == Keys{"b", "c"});
  CHECK(keys(store, {.text = "100%"}) == Keys{"c"});
  CHECK(keys(store, {.text = "%_"}) == Keys{"c"});
  CHECK(keys(store, {.text = "_"}) == Keys{"c"});
  CHECK(keys(store, {.text = "\\"}) == Keys{"c"});
  CHECK(keys(store, {.text = "' OR '1'='1"}) == Keys{"c"});
  CHECK(keys(store, {.text = "' OR 1=1 --"}).empty());
  CHECK(keys(store, {.rule = "known"}) == Keys{"a"});
  CHECK(keys(store, {.rule = "' OR 1=1 --"}).empty());
  CHECK(keys(store, {.state = "new"}).size() == 3);
  CHECK(keys(store, {.state = "changed"}).empty());
}

TEST_CASE("findings: a pass takes the place of the one before, an older one of none") {
  const Folder folder;
  FindingStore store = open_in(folder);
  REQUIRE(store.save(contoso, pass({finding("a", Verdict::alert, 1)})));
  REQUIRE(store.save(fabrikam, pass({finding("f", Verdict::alert, 1)})));
  const auto older = pass({finding("old", Verdict::alert, 1)}, now - std::chrono::milliseconds(1));
  CHECK(store.save(contoso, older).error().code == Errc::conflict);
  CHECK(keys(store, {}) == Keys{"a"});
  // Of the same moment: judged again.
  REQUIRE(store.save(contoso, pass({finding("b", Verdict::alert, 1)})));
  CHECK(keys(store, {}) == Keys{"b"});
  REQUIRE(store.save(contoso, pass({}, now + std::chrono::milliseconds(500))));
  CHECK(keys(store, {}).empty());
  CHECK(store.page(contoso, {})->all == 0);
  CHECK(store.page(fabrikam, {})->all == 1);
  const auto whole = pass({finding("c", Verdict::alert, 1)});
  CHECK(store.save(contoso, whole).error().code == Errc::conflict);
}

TEST_CASE("findings: what is too large leaves the pass as it was") {
  const Folder folder;
  FindingStore store = open_in(folder);
  REQUIRE(store.save(contoso, pass({finding("a", Verdict::alert, 1)})));
  KeptFinding large = finding("b", Verdict::alert, 1);
  large.record.assign(finding_record_max + 1, 'x');
  CHECK(store.save(contoso, pass({large})).error().code == Errc::io);
  CHECK(keys(store, {}) == Keys{"a"});
  // Bytes that are no UTF-8 are kept as what they are shown as.
  KeptFinding odd = finding("c\xff", Verdict::alert, 1);
  odd.line = "line of \xff";
  REQUIRE(store.save(contoso, pass({odd})));
  CHECK(keys(store, {}) == Keys{"\xef\xbf\xbd"});
}

TEST_CASE("findings: others read and write the same file meanwhile") {
  const Folder folder;
  FindingStore one = open_in(folder);
  FindingStore two = open_in(folder);
  const auto journal = test::store_in(folder);
  REQUIRE(one.save(contoso, pass({finding("a", Verdict::alert, 1)})));
  CHECK(keys(two, {}) == Keys{"a"});
  REQUIRE(journal->start(test::run_of("r1", "sha256:1")));
  REQUIRE(two.save(contoso, pass({finding("b", Verdict::alert, 1)})));
  CHECK(keys(one, {}) == Keys{"b"});
  CHECK(journal->verify_chain({}));
}

TEST_CASE("findings: a database of version 2 keeps what it has and learns to keep findings") {
  const Folder folder;
  {
    const auto journal = test::store_in(folder);
    REQUIRE(journal->start(test::run_of("r1", "sha256:1")));
    auto db = Database::open(folder.database());
    REQUIRE(db);
    REQUIRE(db->run(
        "DROP TABLE finding; DROP TABLE finding_record; DROP TABLE pass; PRAGMA user_version=2"));
  }
  CHECK(probe_sqlite(folder.database()) == true);
  FindingStore store = open_in(folder);
  REQUIRE(store.save(contoso, pass({finding("a", Verdict::alert, 1)})));
  const auto journal = test::store_in(folder);
  CHECK(journal->runs()->size() == 1);
  CHECK(journal->verify_chain({})->rows == 1);
  auto db = Database::open(folder.database());
  REQUIRE(db);
  CHECK(db->query("PRAGMA user_version", {})->front()[0] == "3");
  CHECK(probe_sqlite(folder.database()) == true);
}
