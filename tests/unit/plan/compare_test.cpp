#include "plan/compare.hpp"

#include <doctest/doctest.h>

using namespace clawback;
using namespace clawback::plan;

namespace {

Action action(const std::string& id, const std::string& target) {
  Action out{.id = id, .kind = domain::ActionKind::disable_app};
  out.target.id = target;
  out.request = {.method = "PATCH", .path = "/v1.0/" + target, .body = nullptr};
  return out;
}

Plan made(std::vector<Action> actions) {
  Plan out;
  out.actions = std::move(actions);
  return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("compare: actions are matched by kind and target, whatever their numbers") {
  const Difference same = compare(made({action("a1", "x"), action("a2", "y")}),
                                  made({action("a1", "y"), action("a2", "x")}));
  CHECK(same_actions(same));
  CHECK(same.same == 2);
  const Difference other = compare(made({action("a1", "x"), action("a2", "y")}),
                                   made({action("a1", "y"), action("a2", "z")}));
  CHECK_FALSE(same_actions(other));
  CHECK(other.only_a == Names{"disable-app x"});
  CHECK(other.only_b == Names{"disable-app z"});
  CHECK(other.same == 1);
}

TEST_CASE("compare: what differs in an action and in the plans is named") {
  Plan a = made({action("a1", "x")});
  Plan b = a;
  b.actions[0].request.path = "/v1.0/other";
  b.actions[0].precondition.before = "seen";
  b.policy = "sha256:new";
  const Difference difference = compare(a, b);
  REQUIRE(difference.changed.size() == 1);
  CHECK(difference.changed[0].parts == Names{"request", "precondition"});
  REQUIRE(difference.members.size() == 1);
  CHECK(difference.members[0].name == "policy");
  CHECK(compare(a, a).members.empty());
}
