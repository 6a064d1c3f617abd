#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "detect/signal.hpp"

namespace clawback::detect {

namespace source = domain::source;

namespace {

// What the log gave and did not take back, where the inventory's assignments were not read.
struct FromLog {
  std::set<std::string> roles;
  std::vector<std::string> records;
};

FromLog given_in_log(const Case& subject) {
  std::map<std::string, const Happening*> given;
  for (const Happening* event : subject.facts.events) {
    if (event->refused) continue;
    const bool added = event->kind == HappeningKind::app_role_added;
    if (!added && event->kind != HappeningKind::app_role_removed) continue;
    // The id in the details is the resource's: other resources name their roles as they like.
    const auto& resource = event->event->app_id;
    if (!resource || !domain::is_resource_api(*resource)) continue;
    for (const std::string& value : event->values) {
      if (!domain::mail_reach_of_app_role(value).any()) continue;
      if (added) {
        given[to_lower(value)] = event;
      } else {
        given.erase(to_lower(value));
      }
    }
  }
  FromLog out;
  for (const auto& [value, event] : given) {
    out.roles.insert(printable(event->values.front(), 60));
    out.records.push_back(event->event->id.str());
  }
  return out;
}

}  // namespace

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
  const bool read = was_read(subject, source::app_roles);
  if (FromLog log = given_in_log(subject); !read && !log.roles.empty()) {
    return hit(weight,
               fmt::format("the log shows that it was let reach mailboxes by itself, with no user "
                           "signed in: {}; {}",
                           fmt::join(log.roles, " "), why_not_read(subject, source::app_roles)),
               std::move(log.records));
  }
  if (unnamed > 0) {
    return not_evaluable(
        fmt::format("it holds {} application permissions whose names are not known", unnamed),
        "appRoles of the resource, from " + to_read(source::service_principals));
  }
  if (!read) {
    return not_evaluable(why_not_read(subject, source::app_roles), to_read(source::app_roles));
  }
  return miss("it holds no application permission for mail");
}

}  // namespace clawback::detect
