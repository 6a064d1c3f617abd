#include "chaos/state.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "base/json.hpp"

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

std::string after_colon(const std::string& key) { return key.substr(key.find(':') + 1); }

}  // namespace

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
      out["rule:" + id + "/" + rule.id] = on_or_off(rule.enabled);
    }
  }
  out["policy:authorization"] = canonical_json(tenant.authorization_policy);
  out["policy:requests"] = canonical_json(tenant.admin_consent_request_policy);
  for (const json::value& policy : tenant.permission_grant_policies) {
    out["policy:grant/" + string_at(policy, "id").value_or("")] = canonical_json(policy);
  }
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
      if (rule.id == id.substr(id.find('/') + 1)) return on_or_off(rule.enabled);
    }
    return std::nullopt;
  }
  if (key.starts_with("policy:")) return value_of(state_of(directory.tenant()), key);
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
