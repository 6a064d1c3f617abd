#include <doctest/doctest.h>

#include "files.hpp"

using namespace clawback;
using namespace clawback::policy;
using namespace clawback::policy::test;

namespace {

const std::string dana = "0a0a0a0a-0000-4000-8000-000000000001";

Files with(const std::string& action, const std::string& settings) {
  Files input = files();
  input.policy.text = policy_text(settings);
  input.rules[0].text = rule_text("mode = \"approve\"\nactions = [\"disable-app\",\n  \"" + action +
                                      "\"]\n[match]\nsignals_any = [\"D01\"]\n",
                                  good_tests);
  return input;
}

}  // namespace

TEST_CASE("policy: an action on the tenant's policies needs the setting that says what to do") {
  struct Case {
    std::string_view action;
    std::string bad;
    std::string good;
    std::string_view says;
  };
  const std::string reviewers = "reviewers = [\"" + dana + "\"]\n";
  const Case cases[] = {
      {"restrict-consent", "[consent]\nuser_consent = \"keep\"\n",
       "[consent]\nuser_consent = \"none\"\n", "user_consent = \"keep\" leaves it nothing"},
      {"require-admin-consent", "[consent]\n" + reviewers,
       "[consent]\nadmin_consent_requests = \"enable\"\n" + reviewers,
       "admin_consent_requests = \"keep\" leaves it nothing"},
      {"require-managed-client", "", "[managed_client]\nbreak_glass = [\"" + dana + "\"]\n",
       "no account is named"}};
  for (const Case& c : cases) {
    CAPTURE(c.action);
    const auto refused = parse(with(std::string(c.action), c.bad));
    REQUIRE_FALSE(refused);
    CAPTURE(refused.error().message);
    CHECK(refused.error().message.find(c.says) != std::string::npos);
    REQUIRE(refused.error().position);
    CHECK(refused.error().position->file == "p/rules/r.toml");
    CHECK(refused.error().position->line == 5);
    CHECK(refused.error().position->column == 3);
    const auto taken = parse(with(std::string(c.action), c.good));
    REQUIRE_MESSAGE(taken, taken.error().message);
    CHECK(taken->rules.at(0).actions.size() == 2);
  }
}

TEST_CASE("policy: managed clients are report-only unless told, and never without a way in") {
  const std::string break_glass = "break_glass = [\"" + dana + "\"]\n";
  const auto one = parse(with("require-managed-client", "[managed_client]\n" + break_glass));
  REQUIRE(one);
  CHECK_FALSE(one->managed_client.enforce);
  CHECK(one->managed_client.break_glass.at(0).str() == dana);
  const auto told =
      parse(with("require-managed-client", "[managed_client]\nenforce = true\n" + break_glass));
  REQUIRE(told);
  CHECK(told->managed_client.enforce);
  for (const std::string bad :
       {"[managed_client]\nenforce = true\n", "[managed_client]\nbreak_glass = []\n",
        "[managed_client]\nbreak_glass = [\"dana\"]\n"}) {
    CAPTURE(bad);
    Files input = files();
    input.policy.text = policy_text(bad);
    const auto refused = parse(input);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().position->file == "p/policy.toml");
  }
}
