#include "evidence/mail_access.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace clawback;

namespace {

domain::MailAccess read_of(const std::string& id, const std::string& time,
                           const std::string& app = "a") {
  domain::MailAccess out;
  out.id = domain::RecordId(id);
  out.first = out.last = *parse_time(time);
  out.mailbox = "ada@contoso.example";
  out.client_app = domain::AppId(app);
  out.items = 2;
  return out;
}

}  // namespace

TEST_CASE("mail access: one row for what is alike on one day, repeats counted once") {
  std::vector<domain::MailAccess> rows = {
      read_of("r3", "2026-11-01T12:00:00Z"), read_of("r1", "2026-11-01T10:00:00Z"),
      read_of("r2", "2026-11-01T11:00:00Z"), read_of("r1", "2026-11-01T10:00:00Z"),
      read_of("r4", "2026-11-02T00:00:00Z"), read_of("r5", "2026-11-01T10:00:00Z", "b"),
      read_of("r3", "2026-11-01T12:00:00Z")};
  rows[0].throttled = rows[6].throttled = true;
  rows[2].user = domain::UserId("ada");
  rows[2].syncs = 1;
  const auto merged = evidence::merge_mail_accesses(rows);
  REQUIRE(merged.size() == 3);
  CHECK(merged[0].id.str() == "r1");
  CHECK(merged[0].records == 3);
  CHECK(merged[0].items == 6);
  CHECK(merged[0].syncs == 1);
  CHECK(merged[0].throttled);
  CHECK(merged[0].user == domain::UserId("ada"));
  CHECK(merged[0].last == parse_time("2026-11-01T12:00:00Z"));
  CHECK(merged[1].id.str() == "r5");
  CHECK(merged[2].id.str() == "r4");
  CHECK(evidence::merge_mail_accesses(merged) == merged);
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.id > b.id; });
  do {
    CHECK(evidence::merge_mail_accesses(rows) == merged);
  } while (std::next_permutation(rows.begin(), rows.end(),
                                 [](const auto& a, const auto& b) { return a.first < b.first; }));
}

TEST_CASE("mail access: a merged row takes more in, and not what it has") {
  auto merged = evidence::merge_mail_accesses(
      {read_of("r1", "2026-11-01T10:00:00Z"), read_of("r2", "2026-11-01T11:00:00Z")});
  merged.push_back(read_of("r1", "2026-11-01T10:00:00Z"));
  merged.push_back(read_of("r3", "2026-11-01T09:00:00Z"));
  merged.push_back(merged[0]);
  merged = evidence::merge_mail_accesses(merged);
  REQUIRE(merged.size() == 1);
  CHECK(merged[0].records == 3);
  CHECK(merged[0].id.str() == "r3");
}

TEST_CASE("mail access: counts stop at what JSON can say") {
  auto a = read_of("r1", "2026-11-01T10:00:00Z");
  auto b = read_of("r2", "2026-11-01T10:00:00Z");
  a.items = b.items = ~std::uint64_t{0};
  const auto merged = evidence::merge_mail_accesses({a, b});
  REQUIRE(merged.size() == 1);
  CHECK(merged[0].items == (std::uint64_t{1} << 53U) - 1);
}
