#include "detect/consent.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"
#include "detect/consent_policy.hpp"
#include "detect/consent_values.hpp"

namespace clawback::detect {
namespace {

// Policies are OR-ed: what one excludes another may include.
ConsentAnswer any_of_policies(const ConsentFacts& facts, const domain::ServicePrincipal& app,
                              const std::vector<std::string>& ids, const Permission& wanted) {
  constexpr std::size_t policies_max = 200;
  ConsentAnswer best{Could::no, "no assigned policy lets users give it"};
  if (ids.empty()) return {Could::no, "users may not consent for themselves"};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i == policies_max) return {Could::unknown, "too many policies are assigned to look at all"};
    ConsentAnswer one = by_policy(facts, app, ids[i], wanted);
    if (one.could == Could::yes) return one;
    if (one.could > best.could || (ids.size() == 1 && best.could == one.could)) {
      best = std::move(one);
    }
  }
  return best;
}

ConsentAnswer of_users(const ConsentFacts& facts, const domain::ServicePrincipal& app,
                       const Permission& wanted) {
  if (!facts.assigned) {
    return {Could::unknown, "what users may consent to was not read (authorizationPolicy)"};
  }
  ConsentAnswer out = any_of_policies(facts, app, self_policies(*facts.assigned), wanted);
  const auto strange = strange_values(*facts.assigned);
  if (out.could == Could::no && !strange.empty()) {
    return {Could::unknown, fmt::format("what the assigned value {} allows is not known",
                                        printable(strange.front(), 80))};
  }
  const auto& policy = facts.snapshot.authorization_policy;
  if (out.could == Could::yes && policy && policy->allow_user_consent_for_risky_apps == false) {
    out.why += ", unless Microsoft finds the request risky";
  }
  return out;
}

ConsentAnswer when_disabled(Person person) {
  if (person == Person::user || person == Person::guest) {
    return {Could::no, "its service principal is disabled: nobody can sign in to it or consent"};
  }
  return {Could::unknown,
          "its service principal is disabled, which the documentation says stops other users; an "
          "administrator can enable it again first"};
}

}  // namespace

std::string_view name_of(Person person) {
  switch (person) {
    case Person::user:
      return "an ordinary user";
    case Person::guest:
      return "a guest";
    case Person::application_administrator:
      return "an application administrator";
    case Person::global_administrator:
      return "a global administrator";
  }
  return "somebody";
}

std::string_view name_of(Could could) {
  switch (could) {
    case Could::no:
      return "no";
    case Could::unknown:
      return "unknown";
    case Could::yes:
      return "yes";
  }
  return "unknown";
}

Assigned assigned_policies(const domain::Snapshot& snapshot) {
  const bool read = domain::was_read(snapshot.coverage, domain::source::authorization_policy);
  if (!read || !snapshot.authorization_policy) return std::nullopt;
  return snapshot.authorization_policy->permission_grant_policies_assigned;
}

ConsentAnswer could_consent(const ConsentFacts& facts, const ConsentTo& to, Person person,
                            const Permission& wanted) {
  const std::optional<bool> enabled = to.enabled ? to.enabled : to.app->account_enabled;
  if (enabled == false) return when_disabled(person);
  ConsentAnswer out = of_users(facts, *to.app, wanted);
  // What is written of users is written of members; a guest never may more than they.
  if (person == Person::guest && out.could == Could::yes) {
    out = {Could::unknown, "the documentation says it of members, not of guests"};
  }
  const bool administers =
      person == Person::application_administrator || person == Person::global_administrator;
  if (administers && out.could != Could::yes) {
    // They are users too: what their own policy excludes another one may include.
    ConsentAnswer own =
        by_policy(facts, *to.app,
                  std::string(person == Person::global_administrator ? policy_company_admin
                                                                     : policy_application_admin),
                  wanted);
    if (own.could >= out.could) out = std::move(own);
  }
  if (out.could == Could::yes && to.app->disabled_by_microsoft) {
    return {Could::unknown, "Microsoft has disabled it: whether consent still works is not known"};
  }
  if (out.could == Could::yes && !enabled) {
    return {Could::unknown, "whether its service principal is enabled is not known"};
  }
  return out;
}

}  // namespace clawback::detect
