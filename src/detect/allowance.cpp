#include "detect/allowance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "detect/signal.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;
using policy::Exception;
using Exceptions = std::vector<const Exception*>;

bool contains(const std::vector<std::string>& ceiling, std::string_view value) {
  const std::string wanted = to_lower(value);
  return std::any_of(ceiling.begin(), ceiling.end(),
                     [&](const std::string& allowed) { return to_lower(allowed) == wanted; });
}

// For whom it holds. A name is resolved through the user that was read: one that was not is nobody.
bool speaks_for(const Exception& exception, const domain::Grant& grant, const Index& index) {
  if (exception.users.empty()) return true;
  if (!grant.principal) return false;
  const domain::User* user = index.user(grant.principal->str());
  const bool named = user != nullptr && user->user_principal_name;
  const std::string name = named ? to_lower(*user->user_principal_name) : std::string();
  return std::any_of(exception.users.begin(), exception.users.end(),
                     [&](const domain::UserId& who) {
                       return who == *grant.principal || (named && who.str() == name);
                     });
}

// The scopes of a user's grants are accepted one by one, so that two exceptions may share a user.
bool covers(const Exceptions& exceptions, const domain::Grant& grant, const Index& index) {
  return std::all_of(grant.scopes.begin(), grant.scopes.end(), [&](const std::string& scope) {
    if (!domain::mail_reach_of_scope(scope).any()) return true;
    return std::any_of(exceptions.begin(), exceptions.end(), [&](const Exception* exception) {
      return contains(exception->scopes, scope) && speaks_for(*exception, grant, index);
    });
  });
}

bool covers(const Exceptions& exceptions, const domain::AppRoleAssignment& role) {
  return std::any_of(exceptions.begin(), exceptions.end(), [&](const Exception* exception) {
    return role.value && contains(exception->app_roles, *role.value);
  });
}

Exceptions holding_now(const Case& subject) {
  Exceptions found;
  if (subject.facts.app == nullptr || subject.facts.app->app_id.empty()) return found;
  for (const Exception& exception : subject.context.policy.exceptions) {
    if (exception.app_id == subject.facts.app->app_id && subject.context.now < exception.expires) {
      found.push_back(&exception);
    }
  }
  return found;
}

std::string describe(const Exceptions& exceptions) {
  std::string text;
  for (const Exception* exception : exceptions) {
    if (!text.empty()) text += "; ";
    text += fmt::format("{} ({}, until {})", printable(exception->reason, 120),
                        printable(exception->owner, 80), format_time(exception->expires));
  }
  return text;
}

}  // namespace

Allowance allowance(const Case& subject) {
  const Exceptions exceptions = holding_now(subject);
  if (exceptions.empty()) return {};
  bool unknown = !was_read(subject, source::grants) || !was_read(subject, source::app_roles);
  for (const HeldGrant& held : subject.facts.grants) {
    if (held.reach.any() && !covers(exceptions, *held.grant, subject.context.index)) {
      return {.state = Allowance::State::passed, .text = {}};
    }
  }
  for (const domain::AppRoleAssignment* role : subject.facts.roles) {
    const auto reach = subject.context.index.reach(*role);
    unknown = unknown || !reach;
    if (reach && reach->any() && !covers(exceptions, *role)) {
      return {.state = Allowance::State::passed, .text = {}};
    }
  }
  return {.state = unknown ? Allowance::State::unknown : Allowance::State::covered,
          .text = describe(exceptions)};
}

}  // namespace clawback::detect
