#include <algorithm>
#include <initializer_list>

#include "graph/fields.hpp"
#include "graph/parse.hpp"

// The tenant's policies on consent and access. Source: authorizationPolicy, permissionGrantPolicy,
// permissionGrantConditionSet, adminConsentRequestPolicy and conditionalAccessPolicy of Microsoft
// Graph v1.0.
namespace clawback::graph {
namespace {

constexpr std::size_t names_max = 50;

bool says_nothing(const json::value& value) {
  if (value.is_null()) return true;
  if (const bool* flag = value.if_bool()) return !*flag;
  if (const json::array* list = value.if_array()) return list->empty();
  if (const json::object* object = value.if_object()) return object->empty();
  return false;
}

// Members beyond `known` that say something: Microsoft may add some that change what an object
// means.
std::vector<std::string> other_members(const json::value& value,
                                       std::initializer_list<std::string_view> known) {
  std::vector<std::string> out;
  const json::object* object = value.if_object();
  if (object == nullptr) return out;
  for (const json::key_value_pair& member : *object) {
    const std::string_view key = member.key();
    const bool expected = key.find('@') != std::string_view::npos ||
                          std::find(known.begin(), known.end(), key) != known.end();
    if (!expected && !says_nothing(member.value()) && out.size() < names_max) out.emplace_back(key);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::optional<std::vector<std::string>> ids_at(const json::value& value, std::string_view key) {
  auto ids = strings_at(value, key);
  if (!ids) return ids;
  for (std::string& id : *ids) id = lower_guid(id);
  return ids;
}

domain::ConditionSet parse_condition_set(const json::value& value) {
  domain::ConditionSet out;
  out.client_app_ids = ids_at(value, "clientApplicationIds");
  out.client_tenant_ids = ids_at(value, "clientApplicationTenantIds");
  out.client_publisher_ids = ids_at(value, "clientApplicationPublisherIds");
  out.permissions = ids_at(value, "permissions");
  if (const auto resource = string_at(value, "resourceApplication")) {
    out.resource = lower_guid(*resource);
  }
  out.classification = string_at(value, "permissionClassification");
  out.type = string_at(value, "permissionType");
  out.verified_publisher_only = bool_at(value, "clientApplicationsFromVerifiedPublisherOnly");
  out.others =
      other_members(value, {"id", "clientApplicationIds", "clientApplicationTenantIds",
                            "clientApplicationPublisherIds", "permissions", "resourceApplication",
                            "permissionClassification", "permissionType",
                            "clientApplicationsFromVerifiedPublisherOnly"});
  return out;
}

std::optional<std::vector<domain::ConditionSet>> condition_sets_at(const json::value& value,
                                                                   std::string_view key) {
  const json::array* list = array_at(value, key);
  if (list == nullptr) return std::nullopt;
  std::vector<domain::ConditionSet> out;
  out.reserve(list->size());
  for (const json::value& set : *list) out.push_back(parse_condition_set(set));
  return out;
}

// Without what is null or empty: Graph adds such members to what was created without them.
json::value meaning_of(const json::value& value, std::size_t depth) {
  if (depth == 0) return value;
  if (const json::object* object = value.if_object()) {
    json::object out;
    for (const json::key_value_pair& member : *object) {
      if (std::string_view(member.key()).find('@') != std::string_view::npos) continue;
      json::value inner = meaning_of(member.value(), depth - 1);
      const bool empty = inner.is_null() || (inner.is_array() && inner.get_array().empty()) ||
                         (inner.is_object() && inner.get_object().empty());
      if (!empty) out[member.key()] = std::move(inner);
    }
    return out;
  }
  // Numbers that are no integers have no canonical form; as text they still compare.
  if (value.is_double() || value.is_uint64()) return json::value(compact_json(value));
  if (const json::array* list = value.if_array()) {
    json::array out;
    for (const json::value& item : *list) out.push_back(meaning_of(item, depth - 1));
    return out;
  }
  return value;
}

constexpr std::size_t depth_max = 40;

// Lists of texts are sets there: sorted, so that the same rules read the same.
void sort_texts(json::value& value, std::size_t depth) {
  if (depth == 0) return;
  if (json::object* object = value.if_object()) {
    for (json::key_value_pair& member : *object) sort_texts(member.value(), depth - 1);
  } else if (json::array* list = value.if_array()) {
    const bool texts = std::all_of(list->begin(), list->end(),
                                   [](const json::value& item) { return item.is_string(); });
    if (texts) {
      std::sort(list->begin(), list->end(), [](const json::value& a, const json::value& b) {
        return a.get_string() < b.get_string();
      });
    } else {
      for (json::value& item : *list) sort_texts(item, depth - 1);
    }
  }
}

}  // namespace

Result<domain::AuthorizationPolicy> parse_authorization_policy(const json::value& value) {
  const json::value* user = member(value, "defaultUserRolePermissions");
  auto assigned =
      user != nullptr ? strings_at(*user, "permissionGrantPoliciesAssigned") : std::nullopt;
  // The list is written back as a whole: nothing of it may be lost in reading.
  if (!assigned || assigned->size() != array_at(*user, "permissionGrantPoliciesAssigned")->size()) {
    return lacks("authorizationPolicy",
                 "defaultUserRolePermissions.permissionGrantPoliciesAssigned");
  }
  return domain::AuthorizationPolicy{
      .permission_grant_policies_assigned = std::move(*assigned),
      .allow_user_consent_for_risky_apps = bool_at(value, "allowUserConsentForRiskyApps")};
}

Result<domain::PermissionGrantPolicy> parse_permission_grant_policy(const json::value& value) {
  const std::string_view id = text_at(value, "id");
  if (id.empty()) return lacks("permissionGrantPolicy", "id");
  return domain::PermissionGrantPolicy{.id = std::string(id),
                                       .display_name = string_at(value, "displayName"),
                                       .includes = condition_sets_at(value, "includes"),
                                       .excludes = condition_sets_at(value, "excludes")};
}

Result<domain::AdminConsentRequestPolicy> parse_admin_consent_request_policy(
    const json::value& value) {
  const auto enabled = bool_at(value, "isEnabled");
  if (!enabled) return lacks("adminConsentRequestPolicy", "isEnabled");
  // The policy is written back as a whole: a list that was not read is not an empty one.
  const json::array* reviewers = array_at(value, "reviewers");
  if (reviewers == nullptr) return lacks("adminConsentRequestPolicy", "reviewers");
  domain::AdminConsentRequestPolicy out;
  out.is_enabled = *enabled;
  out.notify_reviewers = bool_at(value, "notifyReviewers");
  out.reminders_enabled = bool_at(value, "remindersEnabled");
  out.request_duration_in_days = int_at(value, "requestDurationInDays");
  out.version = int_at(value, "version");
  for (const json::value& reviewer : *reviewers) {
    out.reviewers.push_back(canonical_json(meaning_of(reviewer, depth_max)));
  }
  out.others = other_members(value, {"id", "isEnabled", "notifyReviewers", "remindersEnabled",
                                     "requestDurationInDays", "version", "reviewers"});
  return out;
}

Result<domain::ConditionalAccessPolicy> parse_conditional_access_policy(const json::value& value) {
  const std::string_view id = text_at(value, "id");
  if (id.empty()) return lacks("conditionalAccessPolicy", "id");
  domain::ConditionalAccessPolicy out;
  out.id = lower_guid(id);
  out.display_name = text_at(value, "displayName");
  out.state = text_at(value, "state");
  json::object rules;
  for (const std::string_view key : {"conditions", "grantControls", "sessionControls"}) {
    const json::value* found = member(value, key);
    if (found == nullptr) continue;
    json::value meant = meaning_of(*found, depth_max);
    sort_texts(meant, depth_max);
    if (meant.is_object() && !meant.get_object().empty()) rules[key] = std::move(meant);
  }
  out.rules = canonical_json(rules);
  return out;
}

}  // namespace clawback::graph
