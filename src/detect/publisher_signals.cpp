#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "detect/signal.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;

Answer owner_is_unknown() {
  return not_evaluable("whose application it is, is not known",
                       "appOwnerOrganizationId of " + to_read(source::service_principals));
}

std::string ago(Duration age) {
  // A clock that is a little ahead must not make it "-1 days".
  const auto days = std::chrono::floor<std::chrono::days>(std::max(age, Duration(0))).count();
  return days == 1 ? std::string("1 day ago") : fmt::format("{} days ago", days);
}

}  // namespace

Answer unverified_or_young(const Case& subject, int weight) {
  const auto* app = subject.facts.app;
  if (app == nullptr || subject.ownership == domain::Ownership::unknown) return owner_is_unknown();
  if (subject.ownership != domain::Ownership::third_party) {
    return miss("it is not an application of a third party");
  }
  std::vector<std::string> facts;
  std::vector<std::string> unknown;
  if (!app->verified_publisher) {
    unknown.emplace_back("verifiedPublisher");
  } else if (!app->verified_publisher->id) {
    facts.emplace_back("its publisher is not verified");
  }
  if (!app->created) {
    unknown.emplace_back("createdDateTime");
  } else if (subject.context.now - *app->created <= young) {
    facts.push_back("it came into this tenant " + ago(subject.context.now - *app->created));
  }
  const std::string missing =
      fmt::format("{} of {}", fmt::join(unknown, " and "), source::service_principals);
  if (facts.empty() && !unknown.empty()) {
    return not_evaluable(fmt::format("{} is not in the evidence", fmt::join(unknown, " and ")),
                         missing);
  }
  if (facts.empty())
    return miss("its publisher is verified, and it has been here for more than 30 days");
  const bool both = facts.size() == 2;
  std::string reason =
      fmt::format("a third party's application, and {}", fmt::join(facts, ", and "));
  if (!both) reason += "; one of the two alone counts a quarter";
  if (!unknown.empty()) reason += fmt::format(" ({} is not known)", fmt::join(unknown, " and "));
  return hit(both ? weight : weight / 4, std::move(reason), {app->id.str()});
}

}  // namespace clawback::detect
