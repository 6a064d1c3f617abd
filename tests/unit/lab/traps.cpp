#include <doctest/doctest.h>

#include <filesystem>

#include "base/file.hpp"

// The traps of a hand-written Graph, and the test that shows each of them in the lab. A trap that
// is about something that the lab does not serve says so.
namespace {

struct Trap {
  int number;
  std::string_view what;
  std::string_view test;  // starts the name of a test case; empty: see why_not
  std::string_view why_not;
};

constexpr Trap traps[] = {
    {1, "derived, stable grant ids", "trap 1: grant ids are derived", ""},
    {2, "scopes that start with a blank", "trap 2: scopes of consented grants", ""},
    {3, "object ids on grants, no appId", "trap 3: a grant has object ids", ""},
    {4, "DELETE under users and me", "trap 4: grants can't be deleted under", ""},
    {5, "DELETE of a missing role assignment", "trap 5: deleting a role assignment", ""},
    {6, "page sizes", "trap 6: directory pages end at 999", ""},
    {7, "counting", "trap 7: counting needs ConsistencyLevel", ""},
    {8, "next links", "trap 8: the next link is absolute", ""},
    {9, "contexts and tips", "trap 9: contexts and tips", ""},
    {10, "v1.0 and beta", "trap 10: v1.0 has no beta members", ""},
    {11, "nulls and empty lists", "trap 11: an unverified publisher", ""},
    {12, "late visibility, both ways", "trap 12: what was deleted is still listed", ""},
    {13, "audit records", "trap 13: consent records are JSON in JSON", ""},
    {14, "late audit records", "trap 14: a write is seen in the directory", ""},
    {15, "throttling", "trap 15: reports allow five requests", ""},
    {16, "403, 404 and 400", "trap 16: without the permission", ""},
    {17, "disabled applications keep their tokens", "trap 17: a disabled application", ""},
    {18, "revoking sessions", "trap 18: revoking sessions says true", ""},
    {19, "replacing and merging policies", "trap 19: a PATCH replaces lists", ""},
    {20, "error bodies", "trap 20: errors have a date without a zone", ""},
    {21, "managed identity endpoints", "",
     "IMDS, App Service and Arc are endpoints of a host, not of login or Graph"},
    {22, "PUT, and 204 without a type", "trap 22: the consent request policy", ""},
    {23, "no ETags", "trap 23: no ETag is needed", ""},
    {24, "client assertions", "trap 24: assertions with PS256", ""},
};

std::string all_tests() {
  std::string text;
  const std::filesystem::path folder =
      std::filesystem::path(CLAWBACK_SOURCE_DIR) / "tests/unit/lab";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".cpp" || entry.path().filename() == "traps.cpp") continue;
    const auto file = clawback::read_file(entry.path());
    REQUIRE(file);
    text += *file;
  }
  return text;
}

}  // namespace

TEST_CASE("traps: each of the twenty-four is shown by a test, or said to be out of reach") {
  const std::string tests = all_tests();
  int expected = 0;
  for (const Trap& trap : traps) {
    CAPTURE(trap.number);
    CAPTURE(trap.what);
    CHECK(trap.number == ++expected);
    if (trap.test.empty()) {
      CHECK_FALSE(trap.why_not.empty());
    } else {
      CHECK(tests.contains("\"" + std::string(trap.test)));
    }
  }
  CHECK(expected == 24);
}
