#include "cli/sign_checks.hpp"

#include "house_place.hpp"

using namespace clawback;
using namespace clawback::cli;
using namespace clawback::cli::test_house;

TEST_CASE("signing: a no that only the database has is told as one that holds") {
  Place place;
  keep_pass(place, scan(1));
  const plan::Plan plan = plan_of();
  const std::string file = leave(place, plan);
  // Nothing can be added to it.
  std::filesystem::create_directories(file + ".approvals");
  SignArguments arguments{.plan = file, .signer = {}, .reason = "ours", .rejects = true};
  auto kept = keep_envelope("{\"no\":1}", plan, arguments, place.config, place.context);
  REQUIRE_FALSE(kept);
  CHECK(kept.error().code == Errc::io);
  CHECK(kept.error().message.find("can't append") != std::string::npos);
  CHECK(kept.error().message.find("the plan is rejected") != std::string::npos);
  CHECK(test::store_in(place.folder)->rejections(plan.digest)->size() == 1);
  // A yes is nowhere but there; and without a database, so is a no.
  arguments.rejects = false;
  kept = keep_envelope("{\"yes\":1}", plan, arguments, place.config, place.context);
  REQUIRE_FALSE(kept);
  CHECK(kept.error().message.find("rejected") == std::string::npos);
  arguments.rejects = true;
  place.config.database = std::nullopt;
  kept = keep_envelope("{\"no\":2}", plan, arguments, place.config, place.context);
  REQUIRE_FALSE(kept);
  CHECK(kept.error().message.find("rejected") == std::string::npos);
}
