#include <algorithm>
#include <set>
#include <sstream>

#include "base/digest.hpp"
#include "lab/tenant.hpp"

namespace clawback::lab {
namespace {

// A grant made again through Graph loses the blank that the consent page puts in front.
std::string sorted_scopes(const std::string& scope) {
  std::istringstream words(scope);
  std::set<std::string> sorted;
  for (std::string word; words >> word;) sorted.insert(word);
  std::string out;
  for (const std::string& word : sorted) out += word + " ";
  return out;
}

}  // namespace

std::string state_digest(const Tenant& tenant) {
  std::string text;
  const auto line = [&text](std::initializer_list<std::string_view> fields) {
    for (const std::string_view field : fields) {
      text += field;
      text.push_back('\x1f');
    }
    text.push_back('\n');
  };
  for (const auto& [id, app] : tenant.service_principals) {
    line({"app", id, app.app_id, app.account_enabled ? "on" : "off"});
  }
  for (const auto& [id, grant] : tenant.grants) line({"grant", id, sorted_scopes(grant.scope)});
  // An assignment made again has a new id: what counts is who holds what.
  std::vector<std::string> held;
  held.reserve(tenant.role_assignments.size());
  for (const auto& [id, role] : tenant.role_assignments) {
    held.push_back(role.principal_id + " " + role.resource_id + " " + role.role_id);
  }
  std::ranges::sort(held);
  for (const std::string& role : held) line({"role", role});
  for (const auto& [id, user] : tenant.users) {
    line({"user", id, user.account_enabled ? "on" : "off"});
    for (const MessageRule& rule : user.rules) {
      line({"rule", id, rule.id, rule.enabled ? "on" : "off", canonical_json(rule.actions)});
    }
  }
  line({"authorization", canonical_json(tenant.authorization_policy)});
  for (const json::value& policy : tenant.permission_grant_policies) {
    line({"policy", canonical_json(policy)});
  }
  // Its version counts the changes, so it never comes back.
  json::value requests = tenant.admin_consent_request_policy;
  if (requests.is_object()) requests.get_object().erase("version");
  line({"requests", canonical_json(requests)});
  for (const json::value& policy : tenant.conditional_access_policies) {
    json::value timeless = policy;
    for (const std::string_view key : {"createdDateTime", "modifiedDateTime"}) {
      timeless.get_object().erase(key);
    }
    line({"access", canonical_json(timeless)});
  }
  return sha256_text(text);
}

}  // namespace clawback::lab
