#include "chaos/steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/safe_text.hpp"

namespace chaos {

using namespace clawback;

namespace {

std::string text_at(const json::value& object, std::string_view key) {
  return string_at(object, key).value_or("");
}

const json::value& member_of(const json::value& object, std::string_view key) {
  static const json::value none;
  const json::value* found = member(object, key);
  return found == nullptr ? none : *found;
}

std::string role_key_of(const json::value& body) {
  return "role:" + text_at(body, "principalId") + "/" + text_at(body, "resourceId") + "/" +
         text_at(body, "appRoleId");
}

// The fact that a kind of action is about, and what the action shall make of it.
bool understand(Step& step, const json::value& action, const lab::Tenant& tenant) {
  const json::value& target = member_of(action, "target");
  const json::value& body = member_of(member_of(action, "request"), "body");
  const std::string id = text_at(target, "id");
  if (step.kind == "disable-app" || step.kind == "block-app" || step.kind == "enable-app") {
    step.key = "app:" + text_at(target, "appId");
    step.after = step.kind == "enable-app" ? "on" : "off";
    step.ids = {id, text_at(target, "appId")};
    return true;
  }
  if (step.kind == "revoke-grant") {
    step.key = "grant:" + id;
    step.ids = {id, percent_encode(id), text_at(target, "servicePrincipalId")};
    return true;
  }
  if (step.kind == "restore-grant") {
    const std::string grant = lab::grant_id(text_at(body, "clientId"), text_at(body, "resourceId"),
                                            text_at(body, "principalId"));
    step.key = "grant:" + grant;
    step.after = sorted_words(text_at(body, "scope"));
    step.ids = {grant, text_at(body, "clientId")};
    return true;
  }
  if (step.kind == "remove-app-role") {
    const auto role = tenant.role_assignments.find(id);
    if (role == tenant.role_assignments.end()) return false;
    step.key = role_key(role->second);
    step.ids = {role->second.principal_id, role->second.resource_id};
    return true;
  }
  if (step.kind == "restore-app-role") {
    step.key = role_key_of(body);
    step.after = "any";
    step.ids = {text_at(body, "principalId"), text_at(body, "resourceId")};
    return true;
  }
  if (step.kind == "revoke-sessions") {
    step.key = "sessions:" + id;
    step.ids = {id};
    return true;
  }
  return false;
}

Step read_step(const json::value& action) {
  Step step;
  step.id = text_at(action, "id");
  step.kind = text_at(action, "kind");
  const json::value& request = member_of(action, "request");
  step.method = text_at(request, "method");
  step.path = text_at(request, "path");
  const json::value& body = member_of(request, "body");
  if (!body.is_null()) step.body = canonical_json(body);
  step.look_path = text_at(member_of(member_of(action, "precondition"), "request"), "path");
  step.reversible = text_at(action, "reversible") != "no";
  if (const json::array* depends = array_at(action, "depends")) {
    for (const json::value& one : *depends) step.depends.emplace_back(one.as_string());
  }
  return step;
}

}  // namespace

bool as_planned(const Step& step, const Value& now) {
  if (step.kind == "disable-app") return now == "on";
  if (step.kind == "enable-app") return now == "off";
  if (step.kind == "block-app" || step.kind == "restore-grant" || step.kind == "restore-app-role") {
    return !now;
  }
  // A grant that lost scopes is still the planned one; one that gained some is not.
  if (step.kind == "revoke-grant") return now && step.before && words_within(*now, *step.before);
  if (step.kind == "remove-app-role") return now && now == step.before;
  return now.has_value();
}

bool as_wanted(const Step& step, const Value& now) {
  if (step.kind == "revoke-grant") return !now;
  // The same permission given again is another assignment.
  if (step.kind == "remove-app-role") return !now || now != step.before;
  if (step.kind == "restore-app-role") return now.has_value();
  if (step.kind == "revoke-sessions") return now && now != step.before;
  return now == step.after;
}

bool looks_at(const Step& step, const std::string& method, const std::string& path) {
  if (method != "GET") return false;
  const bool names_it = std::ranges::any_of(
      step.ids, [&](const std::string& id) { return !id.empty() && path.contains(id); });
  if (!names_it) return false;
  const bool about_grants = path.contains("auth2PermissionGrants");
  const bool about_roles = path.contains("/appRoleAssign");
  if (step.key.starts_with("grant:")) return about_grants;
  if (step.key.starts_with("role:")) return about_roles;
  if (step.key.starts_with("app:")) {
    return !about_grants && !about_roles && path.contains("servicePrincipals");
  }
  return !about_grants && !about_roles && path.contains("/users");
}

std::vector<Step> read_steps(const std::string& plan_text, const lab::Tenant& tenant,
                             std::string& problem) {
  const auto plan = parse_json(plan_text);
  const json::array* actions = plan ? array_at(*plan, "actions") : nullptr;
  std::vector<Step> out;
  if (actions == nullptr) {
    problem = "the plan has no actions";
    return out;
  }
  const State state = state_of(tenant);
  for (const json::value& action : *actions) {
    Step step = read_step(action);
    if (!understand(step, action, tenant)) {
      problem = fmt::format("the model does not know {} {}", step.id, step.kind);
      return {};
    }
    step.before = value_of(state, step.key);
    out.push_back(std::move(step));
  }
  return out;
}

}  // namespace chaos
