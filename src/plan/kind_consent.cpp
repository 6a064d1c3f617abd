#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/listed.hpp"
#include "detect/consent_values.hpp"
#include "plan/kinds.hpp"
#include "plan/projection.hpp"
#include "plan/shape_parts.hpp"

// restrict-consent and restore-consent. Source: Microsoft Graph authorizationPolicy update: the
// list of consent policies is replaced as a whole, and any text is taken as a value.
namespace clawback::plan {
namespace {

using Values = std::vector<std::string>;

constexpr std::string_view policy_path = "/v1.0/policies/authorizationPolicy";
constexpr std::string_view list_key = "permissionGrantPoliciesAssigned";
constexpr std::size_t values_max = 200;
constexpr std::size_t value_max = 400;

std::optional<Values> values_of(const json::value& projection) {
  const json::array* list = array_at(projection, list_key);
  if (list == nullptr || list->size() > values_max) return std::nullopt;
  Values out;
  for (const json::value& item : *list) {
    if (!item.is_string() || item.get_string().size() > value_max) return std::nullopt;
    out.emplace_back(item.get_string());
  }
  return out;
}

json::value project_values(const Values& values) {
  json::array list;
  for (const std::string& value : values) list.emplace_back(value);
  return json::object{{"id", "authorizationPolicy"}, {list_key, std::move(list)}};
}

json::value list_body(const json::value& projection) {
  return json::object{
      {"defaultUserRolePermissions", json::object{{list_key, projection.at(list_key)}}}};
}

Values without_self(const Values& values) {
  Values out;
  std::copy_if(values.begin(), values.end(), std::back_inserter(out),
               [](const std::string& value) { return !detect::self_policy(value); });
  return out;
}

// Those of `a` that are not in `b`.
Values difference(const Values& a, const Values& b) {
  Values out;
  std::copy_if(a.begin(), a.end(), std::back_inserter(out), [&](const std::string& value) {
    return std::find(b.begin(), b.end(), value) == b.end();
  });
  return out;
}

std::string shown(const Values& values) { return listed(values, 6, 100); }

bool is_ours(const std::string& value) {
  return value == detect::self_prefix + std::string(detect::policy_low) ||
         value == detect::self_prefix + std::string(detect::policy_managed);
}

// What both directions have in common: nothing but what users give away by themselves changes.
Result<void> shape_list(Action& action) {
  const auto before = values_of(action.precondition.before);
  const auto after = values_of(action.postcondition.after);
  if (!before) return missing(action, "before");
  if (!after || without_self(*before) != without_self(*after)) return missing(action, "after");
  action.target.id = "authorizationPolicy";
  action.target.app_id.clear();
  action.target.service_principal_id.clear();
  action.precondition.before = project_values(*before);
  action.postcondition.after = project_values(*after);
  action.precondition.request = get(std::string(policy_path));
  action.request = patch(std::string(policy_path), list_body(action.postcondition.after));
  action.reversible = Reversible::exact;
  action.inverse = patch(std::string(policy_path), list_body(action.precondition.before));
  return {};
}

std::string change_words(const Action& action) {
  const Values before = values_of(action.precondition.before).value_or(Values());
  const Values after = values_of(action.postcondition.after).value_or(Values());
  const Values gone = difference(before, after);
  const Values come = difference(after, before);
  std::string out;
  if (!gone.empty()) out += fmt::format(" No longer assigned: {}.", shown(gone));
  if (!come.empty()) out += fmt::format(" Newly assigned: {}.", shown(come));
  const Values strange = detect::strange_values(after);
  if (!strange.empty()) {
    out += fmt::format(" Kept, although it begins with none of the known prefixes: {}.",
                       shown(strange));
  }
  return out;
}

// The value that `[consent] user_consent` asks for; nullopt: none at all.
std::optional<std::string> wanted_value(policy::UserConsent wanted) {
  if (wanted == policy::UserConsent::low) {
    return detect::self_prefix + std::string(detect::policy_low);
  }
  if (wanted == policy::UserConsent::managed) {
    return detect::self_prefix + std::string(detect::policy_managed);
  }
  return std::nullopt;
}

// The list with `wanted` in the place of everything that users give away by themselves.
Values restricted(const Values& before, const std::optional<std::string>& wanted) {
  Values out;
  bool placed = !wanted;
  const bool there =
      wanted && std::any_of(before.begin(), before.end(), [&](const std::string& value) {
        return to_lower(value) == to_lower(*wanted);
      });
  for (const std::string& value : before) {
    if (!detect::self_policy(value)) {
      out.push_back(value);
    } else if (!placed && (!there || to_lower(value) == to_lower(*wanted))) {
      out.push_back(there ? value : *wanted);  // one that is there keeps its spelling
      placed = true;
    }
  }
  return out;
}

// Why users could consent to more than now, or nullopt.
std::optional<std::string> widening(const Values& before,
                                    const std::optional<std::string>& wanted) {
  if (!wanted) return std::nullopt;
  const auto self = detect::self_policies(before);
  if (self.empty()) {
    return "users may consent to nothing now, and this would let them consent to something";
  }
  const bool only_low = self.size() == 1 && self.front() == detect::policy_low;
  if (only_low && wanted->substr(detect::self_prefix.size()) == detect::policy_managed) {
    return "users may consent to permissions of low impact only, and the managed policy may let "
           "them consent to more";
  }
  return std::nullopt;
}

// Why the tenant can't be brought there, or nullopt.
std::optional<std::string> obstacle(const Planning& planning, const Values& before) {
  namespace source = domain::source;
  const auto wanted = wanted_value(planning.policy.consent.user_consent);
  const bool too_much = before.size() > values_max ||
                        std::any_of(before.begin(), before.end(), [](const std::string& value) {
                          return value.size() > value_max;
                        });
  if (too_much) return "the list of consent policies is longer than any that clawback writes back";
  if (!wanted) return std::nullopt;
  if (auto why = widening(before, wanted)) return why;
  const std::string id = wanted->substr(detect::self_prefix.size());
  if (!domain::was_read(planning.snapshot.coverage, source::permission_grant_policies)) {
    return fmt::format("whether the tenant has the policy {} is unknown: {} was not read", id,
                       source::permission_grant_policies);
  }
  const auto& known = planning.snapshot.permission_grant_policies;
  const bool exists =
      std::any_of(known.begin(), known.end(), [&](const auto& policy) { return policy.id == id; });
  if (!exists) return fmt::format("the tenant has no consent policy {}", id);
  return std::nullopt;
}

}  // namespace

json::value project(const domain::AuthorizationPolicy& policy) {
  return project_values(policy.permission_grant_policies_assigned);
}

Result<void> shape_restrict_consent(Action& action) {
  if (auto shaped = shape_list(action); !shaped) return shaped;
  const Values before = values_of(action.precondition.before).value_or(Values());
  const Values come = difference(values_of(action.postcondition.after).value_or(Values()), before);
  // The service takes any text as a value: clawback writes two that it knows.
  if (come.size() > 1 || !std::all_of(come.begin(), come.end(), is_ours)) {
    return missing(action, "after");
  }
  action.effect =
      "Users consent by themselves to no more than the assigned policies let them; "
      "consent to teams and chats that they own stays as it is." +
      change_words(action);
  action.residual =
      "Grants that exist stay, and administrators can still consent. It blocks no application by "
      "itself: only a disabled service principal does.";
  return {};
}

Result<void> shape_restore_consent(Action& action) {
  if (auto shaped = shape_list(action); !shaped) return shaped;
  action.effect = "Users can consent again as they could before the run." + change_words(action);
  action.residual = "What users consent to from then on stays.";
  return {};
}

std::optional<std::string> not_asked_restrict_consent(const Action& action,
                                                      const policy::Policy& policy) {
  if (policy.consent.user_consent == policy::UserConsent::keep) {
    return "the policy keeps what users may consent to";
  }
  const auto wanted = wanted_value(policy.consent.user_consent);
  const auto before = values_of(action.precondition.before);
  const auto after = values_of(action.postcondition.after);
  if (!before || !after || *after != restricted(*before, wanted)) {
    return "it is not what the policy lets users consent to ([consent] user_consent)";
  }
  return widening(*before, wanted);
}

std::vector<Action> plan_restrict_consent(const Planning& planning) {
  const auto refuse = [&](std::string reason) {
    refuse_once(planning, "authorizationPolicy", std::move(reason));
    return std::vector<Action>();
  };
  if (planning.policy.consent.user_consent == policy::UserConsent::keep) return {};
  const auto& policy = planning.snapshot.authorization_policy;
  if (!policy ||
      !domain::was_read(planning.snapshot.coverage, domain::source::authorization_policy)) {
    return refuse("what users may consent to is unknown: authorizationPolicy was not read");
  }
  const Values& before = policy->permission_grant_policies_assigned;
  const auto wanted = wanted_value(planning.policy.consent.user_consent);
  const Values after = restricted(before, wanted);
  if (after == before && (!wanted || !detect::self_policies(before).empty())) return {};
  if (const auto why = obstacle(planning, before)) return refuse(*why);
  Action action{.kind = domain::ActionKind::restrict_consent, .because = planning.because};
  action.target = {.kind = {},
                   .id = "authorizationPolicy",
                   .app_id = {},
                   .service_principal_id = {},
                   .display_name = "what users may consent to"};
  action.precondition.before = project_values(before);
  action.postcondition.after = project_values(after);
  std::vector<Action> out;
  out.push_back(std::move(action));
  return out;
}

}  // namespace clawback::plan
