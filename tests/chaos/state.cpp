#include "chaos/state.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "base/json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace chaos {

using namespace clawback;

namespace {

std::set<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::set<std::string> out;
  for (std::string word; in >> word;) out.insert(word);
  return out;
}

std::string on_or_off(bool on) { return on ? "on" : "off"; }

// Only what clawback sends and takes back: a service adds a version of its own.
std::string requests_of(const json::value& policy) {
  json::object out;
  for (const std::string_view key :
       {"isEnabled", "notifyReviewers", "remindersEnabled", "requestDurationInDays"}) {
    if (const json::value* found = member(policy, key)) out[key] = *found;
  }
  std::set<std::string> reviewers;
  if (const json::array* list = array_at(policy, "reviewers")) {
    for (const json::value& one : *list) {
      const std::string query = string_at(one, "query").value_or("");
      reviewers.insert(query.substr(std::min(query.find("/users/"), query.size())));
    }
  }
  json::array all;
  for (const std::string& one : reviewers) all.emplace_back(one);
  out["reviewers"] = std::move(all);
  return canonical_json(out);
}

std::string shown_rule(const lab::MessageRule& rule) {
  std::vector<std::string> to;
  const json::array* list = array_at(rule.actions, "forwardTo");
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const json::value* address = member((*list)[i], "emailAddress");
    if (address != nullptr) to.push_back(string_at(*address, "address").value_or(""));
  }
  return rule_shown(rule.enabled, rule.name, to);
}

constexpr std::string_view consent_list = "permissionGrantPoliciesAssigned";

void add_policies(const lab::Tenant& tenant, State& out) {
  json::value authorization = tenant.authorization_policy;
  const json::value* role = member(authorization, "defaultUserRolePermissions");
  if (role != nullptr) {
    out["policy:consent"] = joined(array_at(*role, consent_list));
    authorization.as_object()["defaultUserRolePermissions"].as_object().erase(consent_list);
  }
  out["policy:authorization"] = canonical_json(authorization);
  out["policy:requests"] = requests_of(tenant.admin_consent_request_policy);
  for (const json::value& policy : tenant.permission_grant_policies) {
    out["policy:grant/" + string_at(policy, "id").value_or("")] = canonical_json(policy);
  }
  // Two of one name show as two.
  for (const json::value& policy : tenant.conditional_access_policies) {
    std::string& states = out["access:" + string_at(policy, "displayName").value_or("")];
    states += (states.empty() ? "" : ",") + string_at(policy, "state").value_or("");
  }
}

std::string after_colon(const std::string& key) { return key.substr(key.find(':') + 1); }

}  // namespace

std::string joined(const json::array* texts) {
  std::string out;
  if (texts == nullptr) return out;
  for (const json::value& one : *texts) {
    if (one.is_string()) out += (out.empty() ? "" : " ") + std::string(one.get_string());
  }
  return out;
}

std::string requests_shown(const json::value& policy) { return requests_of(policy); }

std::string rule_shown(bool on, const std::string& name, const std::vector<std::string>& to) {
  std::string all;
  for (const std::string& one : to) all += one + " ";
  return on_or_off(on) + " '" + name + "' to " + sorted_words(all);
}

std::string sorted_words(const std::string& text) {
  std::string out;
  for (const std::string& word : words_of(text)) out += (out.empty() ? "" : " ") + word;
  return out;
}

bool words_within(const std::string& part, const std::string& whole) {
  const auto all = words_of(whole);
  return std::ranges::all_of(words_of(part), [&](const auto& word) { return all.contains(word); });
}

std::string role_key(const lab::RoleAssignment& role) {
  return "role:" + role.principal_id + "/" + role.resource_id + "/" + role.role_id;
}

std::string shown(const Value& value) { return value ? "\"" + *value + "\"" : "absent"; }

State state_of(const lab::Tenant& tenant) {
  State out;
  for (const auto& [id, app] : tenant.service_principals) {
    out["app:" + app.app_id] = on_or_off(app.account_enabled);
  }
  for (const auto& [id, grant] : tenant.grants) out["grant:" + id] = sorted_words(grant.scope);
  for (const auto& [id, role] : tenant.role_assignments) out[role_key(role)] = id;
  for (const auto& [id, user] : tenant.users) {
    out["user:" + id] = on_or_off(user.account_enabled);
    out["sessions:" + id] = std::to_string(user.revocations);
    for (const lab::MessageRule& rule : user.rules) {
      out["rule:" + id + "/" + rule.id] = shown_rule(rule);
    }
  }
  add_policies(tenant, out);
  return out;
}

Value value_of(const lab::Directory& directory, const std::string& key) {
  const std::string id = after_colon(key);
  if (key.starts_with("app:")) {
    const auto* app = directory.app_by_app_id(id);
    return app == nullptr ? Value() : on_or_off(app->account_enabled);
  }
  if (key.starts_with("grant:")) {
    const auto* grant = directory.grant(id);
    return grant == nullptr ? Value() : sorted_words(grant->scope);
  }
  if (key.starts_with("role:")) {
    for (const lab::RoleAssignment* role : directory.roles_held_by(id.substr(0, id.find('/')))) {
      if (role_key(*role) == key) return role->id;
    }
    return std::nullopt;
  }
  if (key.starts_with("rule:")) {
    const auto* user = directory.user(id.substr(0, id.find('/')));
    if (user == nullptr) return std::nullopt;
    for (const lab::MessageRule& rule : user->rules) {
      if (rule.id == id.substr(id.find('/') + 1)) return shown_rule(rule);
    }
    return std::nullopt;
  }
  if (key.starts_with("policy:") || key.starts_with("access:"))
    return value_of(state_of(directory.tenant()), key);
  const auto* user = directory.user(id);
  if (user == nullptr) return std::nullopt;
  return key.starts_with("user:") ? on_or_off(user->account_enabled)
                                  : std::to_string(user->revocations);
}

Value value_of(const State& state, const std::string& key) {
  const auto found = state.find(key);
  return found == state.end() ? Value() : found->second;
}

}  // namespace chaos
