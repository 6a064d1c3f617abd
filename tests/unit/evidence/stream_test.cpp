#include <doctest/doctest.h>

#include <string>

#include "evidence/files.hpp"
#include "support/log_lines.hpp"
#include "unit/evidence/gzip.hpp"

using namespace clawback;

namespace {

evidence::FileOptions options(unsigned threads, bool parse_all) {
  return {.tenant = domain::TenantId("t"),
          .tenant_name = "t",
          .now = Time{},
          .microsoft_apps = {domain::AppId("1fec8e78-bce4-4aaf-ab1b-5451cc387264")},
          .threads = threads,
          .parse_all = parse_all};
}

evidence::FromFiles read(const std::string& text, unsigned threads, bool parse_all,
                         test::LogLines& random) {
  std::string_view left = text;
  const evidence::Read source = [&](char* to, std::size_t size) {
    const std::size_t count = left.copy(to, std::min<std::size_t>(size, 1 + random.below(300'000)));
    left.remove_prefix(count);
    return count;
  };
  auto from = evidence::read_stream("log", source, options(threads, parse_all));
  if (!from) FAIL(from.error().message);
  return std::move(*from);
}

void check_same(const evidence::FromFiles& a, const evidence::FromFiles& b) {
  CHECK(a.snapshot.audits == b.snapshot.audits);
  CHECK(a.snapshot.sign_ins == b.snapshot.sign_ins);
  CHECK(a.snapshot.user_countries == b.snapshot.user_countries);
  CHECK(a.snapshot.service_principals == b.snapshot.service_principals);
  CHECK(a.snapshot.users == b.snapshot.users);
  CHECK(a.snapshot.coverage == b.snapshot.coverage);
  REQUIRE(a.warnings.size() == b.warnings.size());
  for (std::size_t i = 0; i < a.warnings.size(); ++i) {
    CHECK(a.warnings[i].message == b.warnings[i].message);
    CHECK(a.warnings[i].position.line == b.warnings[i].position.line);
  }
}

}  // namespace

TEST_CASE("stream: the filter finds what parsing every line finds") {
  std::size_t audits = 0, sign_ins = 0, countries = 0;
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    CAPTURE(seed);
    test::LogLines random(seed);
    const std::string text = random.text(40 + random.below(60));
    const auto all = read(text, 1, true, random);
    check_same(read(text, 1, false, random), all);
    audits += all.snapshot.audits.size();
    sign_ins += all.snapshot.sign_ins.size();
    countries += all.snapshot.user_countries.size();
  }
  // The lines are not all unusable.
  CHECK(audits > 500);
  CHECK(sign_ins > 500);
  CHECK(countries > 100);
}

TEST_CASE("stream: neither threads nor the borders of blocks change anything") {
  for (std::uint64_t seed = 1000; seed < 1003; ++seed) {
    CAPTURE(seed);
    test::LogLines random(seed);
    const std::string text = random.text(6000);
    REQUIRE(text.size() > std::size_t{2} << 20U);
    const auto all = read(text, 1, true, random);
    for (unsigned threads = 1; threads <= 4; ++threads) {
      CAPTURE(threads);
      check_same(read(text, threads, false, random), all);
    }
  }
}

TEST_CASE("stream: neither order nor repetition of lines changes what is kept") {
  for (std::uint64_t seed = 2000; seed < 2040; ++seed) {
    CAPTURE(seed);
    test::LogLines random(seed);
    std::vector<std::string> lines;
    for (int i = 0; i < 60; ++i) lines.push_back(random.line());
    // Three complete records first, so that each order is known as lines.
    std::string head;
    for (int i = 0; i < 3; ++i) {
      head += R"({"id":"a","activityDisplayName":"x","activityDateTime":"2026-11-20T00:00:00Z"})"
              "\n";
    }
    const auto text_of = [&head](const std::vector<std::string>& of) {
      std::string out = head;
      for (const std::string& line : of) out += line + "\n";
      return out;
    };
    const auto first = read(text_of(lines), 2, false, random);
    for (std::size_t i = lines.size(); i > 1; --i) std::swap(lines[i - 1], lines[random.below(i)]);
    for (int i = 0; i < 20; ++i) lines.push_back(lines[random.below(lines.size())]);
    const auto second = read(text_of(lines), 3, false, random);
    CHECK(first.snapshot.audits == second.snapshot.audits);
    CHECK(first.snapshot.sign_ins == second.snapshot.sign_ins);
    CHECK(first.snapshot.user_countries == second.snapshot.user_countries);
  }
}

TEST_CASE("stream: gzip in pieces, of several members, broken and cut off") {
  test::LogLines random(7);
  const std::string text = random.text(3000);
  const auto plain = read(text, 1, false, random);
  const std::string half = text.substr(0, text.size() / 2);
  const std::string rest = text.substr(text.size() / 2);
  check_same(read(tests::gzip(text), 2, false, random), plain);
  check_same(read(tests::gzip(half) + tests::gzip(rest), 2, false, random), plain);
  std::string cut = tests::gzip(text);
  cut.resize(cut.size() - 9);
  const auto not_whole = evidence::read_bytes("logs.gz", cut, options(2, false));
  REQUIRE_FALSE(not_whole);
  CHECK(not_whole.error().message.find("logs.gz") != std::string::npos);
  CHECK(not_whole.error().message.find("cut off") != std::string::npos);
  std::string broken = tests::gzip(text);
  broken[broken.size() / 2] = static_cast<char>(broken[broken.size() / 2] ^ 0x55);
  broken[broken.size() / 2 + 1] = static_cast<char>(broken[broken.size() / 2 + 1] ^ 0x55);
  const auto refused = evidence::read_bytes("logs.gz", broken, options(2, false));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("logs.gz") != std::string::npos);
}

TEST_CASE("stream: a bad line is named by its number, however far into the file") {
  const std::string good =
      R"({"id":"a","activityDisplayName":"Update user","activityDateTime":"2026-11-20T00:00:00Z"})"
      "\n";
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += i == 15'000 ? "{broken\n" : good;
  const auto from = evidence::read_bytes("log", text, options(3, false));
  REQUIRE(from);
  REQUIRE(from->warnings.size() == 1);
  CHECK(from->warnings[0].position.line == 15'001);
  CHECK(from->snapshot.audits.empty());
  const auto* audits = domain::find(from->snapshot.coverage, domain::source::audits);
  REQUIRE(audits != nullptr);
  CHECK(audits->state == domain::SourceState::partial);
}

TEST_CASE("stream: a line that is too long is left out and named; the others are read") {
  const std::string good =
      R"({"id":"a","activityDisplayName":"Add application","activityDateTime":"2026-11-20T00:00:00Z"})";
  const std::string text =
      good + "\n{\"id\":\"" + std::string(20u << 20u, 'x') + "\"}\n" + good + "\n" + "[]\n";
  const auto from = evidence::read_bytes("log", text, options(2, false));
  REQUIRE(from);
  CHECK(from->snapshot.audits.size() == 1);
  REQUIRE(from->warnings.size() == 2);
  CHECK(from->warnings[0].position.line == 2);
  CHECK(from->warnings[1].position.line == 4);
}
