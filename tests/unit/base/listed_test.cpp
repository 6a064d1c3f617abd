#include "base/listed.hpp"

#include <doctest/doctest.h>

using namespace clawback;

TEST_CASE("listed: the first names, and how many more there are") {
  CHECK(listed({}, 2).empty());
  CHECK(listed({"a", "b"}, 2) == "a, b");
  CHECK(listed({"a", "b", "c", "d"}, 2) == "a, b and 2 more");
  CHECK(listed({"a\nb", "abcdef"}, 2, 4) == "a<U+000A>b, abcd…");
}
