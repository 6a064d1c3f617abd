#include <doctest/doctest.h>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "report/model.hpp"

using namespace clawback;

namespace {

report::LogView one_row(std::string record) {
  return {.rows = {{.seq = 1,
                    .run = "run-1",
                    .kind = "rejected",
                    .action = "",
                    .time = "2026-11-23T12:00:00Z",
                    .record = std::move(record)}},
          .head = {.seq = 1, .hash = "aa"}};
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("log: documents within a record are shown by their digests, and whole when asked for") {
  const std::string token = "eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiJhZGEifQ.c2ln";
  const std::string keys = R"({"keys":[{"kid":"k-1"}]})";
  report::LogView log = one_row(
      compact_json(json::object{{"plan", "sha256:aa"}, {"envelope", token}, {"jwks", keys}}));
  const std::string text = report::log_text(log, {.width = 400});
  const std::string all = compact_json(report::log_json(log));
  for (const std::string& out : {text, all}) {
    CHECK_FALSE(holds(out, token));
    CHECK_FALSE(holds(out, "k-1"));
    CHECK(holds(out, sha256_text(token)));
    CHECK(holds(out, sha256_text(keys)));
  }
  log.whole = true;
  const json::value record = report::log_json(log).at("rows").at(0).at("record");
  CHECK(record.at("envelope").as_string() == token);
  CHECK(record.at("jwks").as_string() == keys);
}

TEST_CASE("log: each part of a line is cut") {
  const std::string bulk(5'000, 'x');
  const json::object record{{"detail", bulk}, {"more", json::array{bulk}}, {"last", "seen"}};
  const json::value row =
      report::log_json(one_row(compact_json(record))).at("rows").at(0).at("detail");
  CHECK(row.as_string().size() < 700);
  CHECK(holds(std::string(row.as_string()), "last seen"));
  const auto broken = report::log_json(one_row("no JSON " + bulk));
  CHECK(compact_json(broken).size() < 1'000);
}
