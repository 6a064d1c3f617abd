#include "detect/access.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"
#include "detect/signal.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;

// App roles as the log tells of them, where the assignments themselves were not read.
bool log_gives_mail_role(const AppFacts& facts) {
  std::vector<std::string_view> held;
  for (const Happening* event : facts.events) {
    if (event->refused) continue;
    for (const std::string& value : event->values) {
      if (event->kind == HappeningKind::app_role_added) held.emplace_back(value);
      if (event->kind == HappeningKind::app_role_removed) std::erase(held, value);
    }
  }
  return std::any_of(held.begin(), held.end(), [](std::string_view value) {
    return domain::mail_reach_of_app_role(value).any();
  });
}

}  // namespace

std::optional<bool> holds_mail(const Case& subject) {
  for (const HeldGrant& held : subject.facts.grants) {
    if (held.reach.any()) return true;
  }
  bool all_known = was_read(subject, source::grants) && was_read(subject, source::app_roles);
  for (const auto* role : subject.facts.roles) {
    const auto reach = subject.context.index.reach(*role);
    if (reach && reach->any()) return true;
    all_known = all_known && reach;
  }
  if (!was_read(subject, source::app_roles) && log_gives_mail_role(subject.facts)) return true;
  return all_known ? std::optional(false) : std::nullopt;
}

bool in_window(const Case& subject, Time time) {
  return !subject.context.window_start || time >= *subject.context.window_start;
}

std::string who(const domain::AuditEvent& event) {
  constexpr std::size_t shown = 80;
  if (event.actor_user_principal_name && !event.actor_user_principal_name->empty())
    return printable(*event.actor_user_principal_name, shown);
  if (event.actor_user) return "user " + printable(event.actor_user->str(), shown);
  if (event.actor_app_name) return "application " + printable(*event.actor_app_name, shown);
  if (event.actor_app) return "application " + printable(event.actor_app->str(), shown);
  return "somebody the record does not name";
}

std::string span_text(Duration duration) {
  using namespace std::chrono;
  const auto whole = floor<seconds>(duration < Duration(0) ? -duration : duration);
  if (whole < minutes(2)) return fmt::format("{} s", whole.count());
  if (whole < hours(2)) return fmt::format("{} min", floor<minutes>(whole).count());
  if (whole <= days(2)) return fmt::format("{} h", floor<hours>(whole).count());
  return fmt::format("{} days", floor<days>(whole).count());
}

std::string scope_list(const std::vector<std::string>& scopes) {
  constexpr std::size_t named_max = 8;
  std::string text;
  for (std::size_t i = 0; i < scopes.size() && i < named_max; ++i) {
    text += (i == 0 ? "" : " ") + printable(scopes[i], 60);
  }
  if (scopes.size() > named_max) text += fmt::format(" and {} more", scopes.size() - named_max);
  return text.empty() ? "nothing" : text;
}

domain::MailReach reach_of(const Case& subject, const domain::ServicePrincipalId& resource,
                           const std::vector<std::string>& scopes) {
  domain::MailReach reach;
  if (!subject.context.index.may_hold_mail(resource)) return reach;
  for (const std::string& scope : scopes) reach = reach | domain::mail_reach_of_scope(scope);
  return reach;
}

bool gives(const Happening& event) {
  if (event.refused || event.undecided) return false;
  switch (event.kind) {
    case HappeningKind::consent:
    case HappeningKind::app_role_added:
      return true;
    case HappeningKind::grant_changed:
      return std::any_of(event.changes.begin(), event.changes.end(),
                         [](const GrantChange& change) { return change.after.has_value(); });
    case HappeningKind::app_role_removed:
    case HappeningKind::app_added:
    case HappeningKind::app_registered:
    case HappeningKind::app_removed:
    case HappeningKind::credential_added:
    case HappeningKind::reply_url_changed:
    case HappeningKind::policy_changed:
      return false;
  }
  return false;
}

}  // namespace clawback::detect
