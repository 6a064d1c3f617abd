#include <doctest/doctest.h>

#include <boost/json/object.hpp>

#include "journal/answer_note.hpp"
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

domain::UserAnswer answer(const std::string& who, domain::Says says) {
  return {.case_key = "sha256:1",
          .user = domain::UserId(who),
          .user_principal_name = who + "@contoso.example",
          .says = says,
          .channel = domain::Channel::in_person,
          .time = now,
          .by = "Dana Reyes",
          .account = "local:dana",
          .note = "on the old laptop"};
}

}  // namespace

TEST_CASE("answers: what is kept is what the next judgement is given, of that tenant alone") {
  const Folder folder;
  const auto file = folder.database();
  const std::vector<domain::UserAnswer> said = {answer("ada", domain::Says::mine),
                                                answer("ada", domain::Says::not_mine),
                                                answer("bob", domain::Says::unsure)};
  {
    auto store = *open_sqlite(file);
    for (const auto& one : said) REQUIRE(store->note(to_note(one, contoso)));
    REQUIRE(store->note(to_note(answer("eve", domain::Says::mine), fabrikam)));
    REQUIRE(store->verify_chain(std::nullopt));
  }
  auto memory = MemoryStore::open(file);
  REQUIRE(memory);
  CHECK(memory->load(contoso)->answers == said);
  CHECK(memory->load(fabrikam)->answers.size() == 1);
  CHECK(memory->load(domain::TenantId("t3"))->answers.empty());
}

TEST_CASE("answers: one that this version does not know is an error and no silence") {
  const Folder folder;
  const auto file = folder.database();
  auto note = to_note(answer("ada", domain::Says::mine), contoso);
  note.record.as_object()["says"] = "perhaps";
  REQUIRE((*open_sqlite(file))->note(note));
  auto memory = MemoryStore::open(file);
  REQUIRE(memory);
  const auto loaded = memory->load(contoso);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().code == Errc::io);
  CHECK(loaded.error().message.find("user-answered") != std::string::npos);
}

TEST_CASE("asked: a note says who was asked about what, and comes back as it was") {
  const Asked asked{.tenant = contoso,
                    .case_key = "sha256:1",
                    .app = domain::AppId("a1"),
                    .user = domain::UserId("ada"),
                    .user_principal_name = "ada@contoso.example",
                    .account = "local:dana"};
  const auto note = to_note(asked, now);
  CHECK(note.kind == "user-asked");
  CHECK(*asked_from(note) == asked);
  CHECK(tenant_of(note) == "t1");
}
