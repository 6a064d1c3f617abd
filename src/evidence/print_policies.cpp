#include "evidence/document.hpp"

namespace clawback::evidence {
namespace {

template <class Value>
void put(json::object& to, std::string_view key, const std::optional<Value>& value) {
  if (value) to[key] = *value;
}

json::array strings(const std::vector<std::string>& values) {
  json::array out;
  for (const std::string& value : values) out.emplace_back(value);
  return out;
}

void put_list(json::object& to, std::string_view key,
              const std::optional<std::vector<std::string>>& value) {
  if (value) to[key] = strings(*value);
}

// What they say was not kept: that they say something is what counts.
void put_others(json::object& to, const std::vector<std::string>& names) {
  for (const std::string& name : names) to[name] = true;
}

json::value print_set(const domain::ConditionSet& set) {
  json::object out;
  put_list(out, "clientApplicationIds", set.client_app_ids);
  put_list(out, "clientApplicationTenantIds", set.client_tenant_ids);
  put_list(out, "clientApplicationPublisherIds", set.client_publisher_ids);
  put_list(out, "permissions", set.permissions);
  put(out, "resourceApplication", set.resource);
  put(out, "permissionClassification", set.classification);
  put(out, "permissionType", set.type);
  put(out, "clientApplicationsFromVerifiedPublisherOnly", set.verified_publisher_only);
  put_others(out, set.others);
  return out;
}

void put_sets(json::object& to, std::string_view key,
              const std::optional<std::vector<domain::ConditionSet>>& sets) {
  if (!sets) return;
  json::array out;
  for (const domain::ConditionSet& set : *sets) out.push_back(print_set(set));
  to[key] = std::move(out);
}

// Text that clawback made from JSON; anything else is printed as nothing.
json::value parsed(const std::string& text) {
  auto value = parse_json(text, {.depth = 64, .bytes = 16u << 20u});
  return value ? *std::move(value) : json::value();
}

}  // namespace

json::value print(const domain::AuthorizationPolicy& one) {
  json::object out{{"id", "authorizationPolicy"},
                   {"defaultUserRolePermissions",
                    json::object{{"permissionGrantPoliciesAssigned",
                                  strings(one.permission_grant_policies_assigned)}}}};
  put(out, "allowUserConsentForRiskyApps", one.allow_user_consent_for_risky_apps);
  return out;
}

json::value print(const domain::PermissionGrantPolicy& one) {
  json::object out{{"id", one.id}};
  put(out, "displayName", one.display_name);
  put_sets(out, "includes", one.includes);
  put_sets(out, "excludes", one.excludes);
  return out;
}

json::value print(const domain::AdminConsentRequestPolicy& one) {
  json::object out{{"isEnabled", one.is_enabled}};
  put(out, "notifyReviewers", one.notify_reviewers);
  put(out, "remindersEnabled", one.reminders_enabled);
  put(out, "requestDurationInDays", one.request_duration_in_days);
  put(out, "version", one.version);
  json::array reviewers;
  for (const std::string& reviewer : one.reviewers) reviewers.push_back(parsed(reviewer));
  out["reviewers"] = std::move(reviewers);
  put_others(out, one.others);
  return out;
}

json::value print(const domain::ConditionalAccessPolicy& one) {
  json::object out{{"id", one.id}, {"displayName", one.display_name}, {"state", one.state}};
  const json::value rules = parsed(one.rules);
  if (const json::object* members = rules.if_object()) {
    for (const json::key_value_pair& rule : *members) out[rule.key()] = rule.value();
  }
  return out;
}

}  // namespace clawback::evidence
