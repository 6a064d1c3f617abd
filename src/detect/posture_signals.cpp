#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "detect/consent.hpp"
#include "detect/consent_values.hpp"
#include "detect/signal.hpp"

// Which doors of the tenant stand open for this application. Source: the policies that
// permissionGrantPolicyIdsAssignedToDefaultUserRole names, Microsoft's page on its managed policy
// (in the catalog), and Exchange Online's allow-list for EWS.
namespace clawback::detect {
namespace {

namespace source = domain::source;

struct Doors {
  std::vector<std::string> open;
  std::vector<std::string> shut;
  std::vector<std::string> unknown;
  std::vector<std::string> missing;  // one for each of unknown
  std::vector<std::string> evidence;
};

void not_known(Doors& doors, std::string what, std::string missing) {
  doors.unknown.push_back(std::move(what));
  doors.missing.push_back(std::move(missing));
}

// Managed policy: an exempt application, or scopes of its own that the policy does not stop.
void ask_managed(const Case& subject, const std::string& assigned, Doors& doors) {
  const auto& managed = subject.context.policy.catalog.managed_consent;
  if (!managed) {
    return not_known(doors, "what Microsoft's managed policy stops is not in the catalog",
                     "[managed_consent] in a catalog file");
  }
  const auto* app = subject.facts.app;
  if (app != nullptr && managed_exempts(*managed, app->app_id)) {
    doors.open.push_back(fmt::format(
        "Microsoft's managed consent policy exempts this app id (as of {})", managed->as_of));
    doors.evidence.push_back(assigned);
    return;
  }
  std::set<std::string> left;
  std::set<std::string> of_what;
  for (const HeldGrant& held : subject.facts.grants) {
    const auto* api = subject.context.index.service_principal(held.grant->resource.str());
    for (const std::string& scope : held.grant->scopes) {
      if (!held.reach.any() || !domain::mail_reach_of_scope(scope).any()) continue;
      const Could stops = managed_stops(
          *managed,
          {.resource = api != nullptr ? api->app_id : domain::AppId(), .value = scope, .id = {}});
      if (stops == Could::no) left.insert(printable(scope, 60));
      if (stops == Could::unknown) of_what.insert(printable(scope, 60));
    }
  }
  if (!of_what.empty()) {
    not_known(doors,
              fmt::format("whether Microsoft's managed consent policy stops {} is not known: its "
                          "lists are of Microsoft Graph and of Exchange Online",
                          fmt::join(of_what, " ")),
              fmt::format("of which API the scopes are, in {}", source::service_principals));
    if (left.empty()) return;
  }
  if (left.empty()) {
    doors.shut.push_back(fmt::format(
        "Microsoft's managed consent policy lets no user give it mail scopes (as of {})",
        managed->as_of));
    return;
  }
  doors.open.push_back(
      fmt::format("Microsoft's managed consent policy leaves {} to every user (as of {})",
                  fmt::join(left, " "), managed->as_of));
  doors.evidence.push_back(assigned);
}

void ask_low(const Case& subject, const std::string& assigned, Doors& doors) {
  const auto* app = subject.facts.app;
  if (app == nullptr || !app->verified_publisher) {
    return not_known(doors,
                     "users may let in verified publishers, and whether its publisher is verified "
                     "is not known",
                     fmt::format("verifiedPublisher of {}", source::service_principals));
  }
  if (!app->verified_publisher->id && subject.ownership != domain::Ownership::own_tenant) {
    doors.shut.emplace_back("users may let in verified publishers only, which its is not");
    return;
  }
  doors.open.emplace_back(
      "users may let it in, since its publisher is verified, for the permissions that this tenant "
      "classes as low impact");
  doors.evidence.push_back(assigned);
}

std::string own_policy(const Case& subject, const std::string& id) {
  for (const auto& policy : subject.context.snapshot.permission_grant_policies) {
    if (to_lower(policy.id) != to_lower(id) || !policy.display_name) continue;
    return fmt::format("{} (\"{}\")", printable(id, 60), printable(*policy.display_name, 60));
  }
  return printable(id, 60);
}

void ask_consent(const Case& subject, Doors& doors) {
  const auto& policy = subject.context.snapshot.authorization_policy;
  if (!policy || !was_read(subject, source::authorization_policy)) {
    return not_known(doors,
                     fmt::format("whether users may consent is not known: {}",
                                 why_not_read(subject, source::authorization_policy)),
                     to_read(source::authorization_policy));
  }
  const auto ids = self_policies(policy->permission_grant_policies_assigned);
  const auto strange = strange_values(policy->permission_grant_policies_assigned);
  if (!strange.empty()) {
    not_known(doors,
              fmt::format("what the assigned value {} lets users do is not known",
                          printable(strange.front(), 80)),
              fmt::format("what {} means", printable(strange.front(), 80)));
  } else if (ids.empty()) {
    doors.shut.emplace_back("users may not consent for themselves");
  }
  for (const std::string& id : ids) {
    const std::string shown = "ManagePermissionGrantsForSelf." + printable(id, 80);
    if (id == policy_legacy || id == "legacy") {
      doors.open.emplace_back("every user may let in any application (the legacy consent policy)");
      doors.evidence.push_back(shown);
    } else if (id == policy_low) {
      ask_low(subject, shown, doors);
    } else if (id == policy_managed) {
      ask_managed(subject, shown, doors);
    } else {
      not_known(doors,
                fmt::format("users may consent under the policy {}, and what it allows was not "
                            "read",
                            own_policy(subject, id)),
                fmt::format("the condition sets of {}", source::permission_grant_policies));
    }
  }
  if (policy->allow_user_consent_for_risky_apps.value_or(false) && !ids.empty()) {
    doors.open.emplace_back("users may consent even to what Microsoft finds risky");
    doors.evidence.emplace_back("allowUserConsentForRiskyApps");
  }
}

bool asks_for_ews(const Case& subject) {
  const auto is_ews = [](const std::string& value) {
    const std::string low = to_lower(value);
    return low == "ews.accessasuser.all" || low == "full_access_as_app" ||
           low == "full_access_as_user";
  };
  for (const HeldGrant& held : subject.facts.grants) {
    if (std::any_of(held.grant->scopes.begin(), held.grant->scopes.end(), is_ews)) return true;
  }
  const auto& roles = subject.facts.roles;
  return std::any_of(roles.begin(), roles.end(),
                     [&](const auto* role) { return role->value && is_ews(*role->value); });
}

void ask_ews(const Case& subject, Doors& doors) {
  if (!asks_for_ews(subject)) return;
  const auto& config = subject.context.snapshot.organization_config;
  if (!config || !was_read(subject, source::organization_config)) {
    return not_known(doors,
                     fmt::format("whether it may use EWS is not known: {}",
                                 why_not_read(subject, source::organization_config)),
                     to_read(source::organization_config));
  }
  if (config->ews_enabled == false) {
    doors.shut.emplace_back("EWS is switched off");
    return;
  }
  if (!config->ews_allowed) {
    return not_known(doors, "who may use EWS is not known: there is no list of allowed app ids",
                     "EwsAllowedAppIDs of " + to_read(source::organization_config));
  }
  const auto& allowed = *config->ews_allowed;
  const auto* app = subject.facts.app;
  if (app != nullptr && std::find(allowed.begin(), allowed.end(), app->app_id) != allowed.end()) {
    doors.open.emplace_back("the allow-list for EWS holds its app id");
    doors.evidence.push_back("EwsAllowedAppIDs " + printable(app->app_id.str(), 60));
  } else {
    doors.shut.emplace_back("the allow-list for EWS does not hold its app id");
  }
}

std::string recent_changes(const Case& subject, std::vector<std::string>& evidence) {
  const auto start = subject.context.window_start;
  const domain::AuditEvent* last = nullptr;
  std::size_t count = 0;
  for (const Happening* change : subject.context.index.policy_changes()) {
    if (change->refused || (start && change->event->time < *start)) continue;
    last = change->event;
    evidence.push_back(last->id.str());
    ++count;
  }
  if (last == nullptr) return {};
  const std::string who = last->actor_user_principal_name
                              ? printable(*last->actor_user_principal_name, 80)
                              : std::string("somebody who is not named");
  return fmt::format("; the tenant's policy was changed {} since {}, last on {} by {}",
                     count == 1 ? std::string("once") : fmt::format("{} times", count),
                     start ? format_time(*start) : std::string("the log begins"),
                     format_time(last->time), who);
}

}  // namespace

Answer open_door(const Case& subject, int weight) {
  Doors doors;
  ask_consent(subject, doors);
  ask_ews(subject, doors);
  std::vector<std::string> records;
  const std::string changes = recent_changes(subject, records);
  if (!doors.open.empty()) {
    std::string reason = fmt::format("{}", fmt::join(doors.open, "; "));
    if (!doors.unknown.empty()) reason += fmt::format("; {}", fmt::join(doors.unknown, "; "));
    doors.evidence.insert(doors.evidence.end(), records.begin(), records.end());
    return hit(weight, reason + changes, std::move(doors.evidence));
  }
  if (!doors.unknown.empty()) {
    doors.unknown.insert(doors.unknown.end(), doors.shut.begin(), doors.shut.end());
    return not_evaluable(fmt::format("{}{}", fmt::join(doors.unknown, "; "), changes),
                         fmt::format("{}", fmt::join(doors.missing, "; ")));
  }
  return miss(fmt::format("{}{}", fmt::join(doors.shut, "; "), changes));
}

}  // namespace clawback::detect
