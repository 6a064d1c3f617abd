#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "base/safe_text.hpp"
#include "detect/signal.hpp"

namespace clawback::detect {

namespace source = domain::source;

Answer application_mail(const Case& subject, int weight) {
  std::set<std::string> roles;
  std::vector<std::string> ids;
  std::size_t unnamed = 0;
  for (const domain::AppRoleAssignment* role : subject.facts.roles) {
    const auto reach = subject.context.index.reach(*role);
    if (!reach) {
      ++unnamed;
    } else if (reach->any()) {
      roles.insert(printable(*role->value, 60));
      ids.push_back(role->id.str());
    }
  }
  if (!ids.empty()) {
    return hit(weight,
               fmt::format("it can reach mailboxes by itself, with no user signed in: {}",
                           fmt::join(roles, " ")),
               std::move(ids));
  }
  if (unnamed > 0) {
    return not_evaluable(
        fmt::format("it holds {} application permissions whose names are not known", unnamed),
        "appRoles of the resource, from " + to_read(source::service_principals));
  }
  if (!was_read(subject, source::app_roles)) {
    return not_evaluable(why_not_read(subject, source::app_roles), to_read(source::app_roles));
  }
  return miss("it holds no application permission for mail");
}

}  // namespace clawback::detect
