#include <doctest/doctest.h>

#include <algorithm>

#include "graph/operations.hpp"
#include "table.hpp"

using namespace clawback;
using namespace clawback::tests;

TEST_CASE("contract: the client's operations are those of the table, neither more nor less") {
  const auto table = expected_operations();
  CHECK(table.size() == graph::operations().size());
  for (const graph::Operation& one : graph::operations()) {
    CAPTURE(one.id);
    const auto row = std::find_if(table.begin(), table.end(),
                                  [&](const Expected& expected) { return expected.id == one.id; });
    REQUIRE(row != table.end());
    CHECK(one.method == row->method);
    CHECK(one.version == row->version);
    CHECK(one.path == row->path);
    CHECK_FALSE((one.writes && one.version != "/v1.0"));
    CHECK(one.writes == row->writes);
    CHECK(one.statuses == row->statuses);
    CHECK(one.top_max == row->top_max);
    CHECK(std::vector<std::string>(one.permissions.begin(), one.permissions.end()) ==
          row->permissions);
  }
}
