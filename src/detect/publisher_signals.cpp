#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
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

// Everybody's personal account lives in this tenant, so sharing it says nothing. Source: Microsoft.
constexpr std::string_view consumer_tenant = "9188040d-6c67-4c5b-b112-36a304b66dad";

const policy::CatalogEntry* abused_sibling(const Case& subject) {
  using policy::Disposition;
  const auto& app = *subject.facts.app;
  for (const policy::CatalogEntry& entry : subject.context.policy.catalog.entries) {
    const bool abused =
        entry.disposition == Disposition::alert || entry.disposition == Disposition::review;
    if (!abused || !entry.owner_tenant || !entry.app_id || policy::is_weak(entry)) continue;
    if (*entry.owner_tenant == *app.owner_tenant && *entry.app_id != app.app_id) return &entry;
  }
  return nullptr;
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
    return against("its publisher is verified, and it has been here for more than 30 days");
  const bool both = facts.size() == 2;
  std::string reason =
      fmt::format("a third party's application, and {}", fmt::join(facts, ", and "));
  if (!both) reason += "; one of the two alone counts a quarter";
  if (!unknown.empty()) reason += fmt::format(" ({} is not known)", fmt::join(unknown, " and "));
  return hit(both ? weight : weight / 4, std::move(reason), {app->id.str()});
}

Answer abused_owner(const Case& subject, int weight) {
  const auto* app = subject.facts.app;
  if (app == nullptr || subject.ownership == domain::Ownership::unknown) return owner_is_unknown();
  if (subject.ownership != domain::Ownership::third_party) {
    return miss("it is not an application of a third party");
  }
  const std::string owner = printable(app->owner_tenant->str(), 60);
  if (to_lower(app->owner_tenant->str()) == consumer_tenant) {
    return miss("its owner tenant is that of personal accounts, where anybody registers");
  }
  const auto* sibling = abused_sibling(subject);
  if (sibling == nullptr) {
    return miss(fmt::format("the catalog knows no other abused application of tenant {}", owner));
  }
  return hit(weight,
             fmt::format("its owner tenant {} also publishes {} ({}): {}", owner,
                         sibling->names.empty() ? std::string("an application without a name")
                                                : printable(sibling->names.front(), 60),
                         sibling->app_id->str(), printable(sibling->why, 300)),
             {app->id.str()});
}

Answer disabled_by_microsoft(const Case& subject, int weight) {
  const auto* app = subject.facts.app;
  if (app == nullptr || !subject.facts.in_inventory) {
    return not_evaluable(fmt::format("whether Microsoft disabled it is not known: {}",
                                     was_read(subject, source::service_principals)
                                         ? "it has no service principal in this tenant"
                                         : why_not_read(subject, source::service_principals)),
                         to_read(source::service_principals));
  }
  const std::string status = app->disabled_by_microsoft.value_or(std::string());
  if (status.empty() || to_lower(status) == "notdisabled") {
    return miss("Microsoft did not disable it");
  }
  return hit(
      weight,
      fmt::format("Microsoft disabled it: disabledByMicrosoftStatus is {}", printable(status, 80)),
      {app->id.str()});
}

}  // namespace clawback::detect
