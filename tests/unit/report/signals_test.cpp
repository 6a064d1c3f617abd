#include "report/signals.hpp"

#include <doctest/doctest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "support/shipped_policy.hpp"

using namespace clawback;

namespace {

policy::Policy shipped() {
  auto policy = policy::parse(test::shipped_policy_files());
  REQUIRE(policy);
  return *std::move(policy);
}

}  // namespace

TEST_CASE("signals page: docs/reference/signals.md is what the program prints") {
  const auto page = test::read_policy_file(std::filesystem::path(CLAWBACK_SOURCE_DIR) / "docs" /
                                           "reference" / "signals.md");
  const bool same = page.text == report::signals_markdown(shipped());
  CHECK_MESSAGE(same,
                "docs/reference/signals.md is out of date. To make it anew:\n"
                "  build/dev/clawback policy show policies/default --rules --markdown > "
                "docs/reference/signals.md");
}

TEST_CASE("signals: what is printed has the weights of the policy at hand") {
  auto policy = shipped();
  policy.weights["D17"] = 77;
  const auto out = report::signals_json(policy);
  const auto& signals = out.at("signals").as_array();
  REQUIRE(signals.size() == 25);
  const auto& hosting = signals[16].as_object();
  CHECK(out.at("schema").as_string() == "clawback.signals/1");
  CHECK(hosting.at("id").as_string() == "D17");
  CHECK(hosting.at("weight").as_int64() == 77);
  CHECK(hosting.at("defaultWeight").as_int64() == 25);
  const auto& needs = hosting.at("needs").as_array();
  REQUIRE(needs.size() == 1);
  CHECK(needs[0].at("permission").as_string() == "AuditLog.Read.All");
  CHECK(needs[0].at("licence").as_string() == "Microsoft Entra ID P1");
  CHECK(out.at("guards").as_array().size() == 4);
  const auto text = report::signals_text(policy, {.width = 80});
  CHECK(text.find("D17  known client from a hosting network") != std::string::npos);
  CHECK(text.find("77") != std::string::npos);
  CHECK(text.find("G4  weak catalog entries") != std::string::npos);
}

TEST_CASE("signals: no line of the text is wider than asked for") {
  const auto text = report::signals_text(shipped(), {.width = 60});
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 60);
}
