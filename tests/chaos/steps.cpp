#include "chaos/steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <sstream>

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

// Kinds that set one fact to on or off.
struct Switch {
  std::string_view kind, sort;
  std::string_view after;
};
constexpr std::array<Switch, 5> switches{{{"disable-app", "app:", "off"},
                                          {"enable-app", "app:", "on"},
                                          {"confirm-block", "app:", "off"},
                                          {"disable-user", "user:", "off"},
                                          {"enable-user", "user:", "on"}}};

const Switch* find_switch(const std::string& kind) {
  const auto found = std::ranges::find(switches, kind, &Switch::kind);
  return found == switches.end() ? nullptr : &*found;
}

bool is_removal(const std::string& kind) {
  return kind == "remove-app-role" || kind == "remove-assignment";
}
bool is_restored_role(const std::string& kind) {
  return kind == "restore-app-role" || kind == "restore-assignment";
}

bool is_rule(const std::string& kind) {
  return kind == "disable-inbox-rule" || kind == "enable-inbox-rule";
}

const json::value& before_of(const json::value& action) {
  return member_of(member_of(action, "precondition"), "before");
}

// The rule that the plan goes by, switched on or off.
std::string rule_planned(const json::value& action, bool on) {
  const json::value& before = before_of(action);
  std::vector<std::string> to;
  if (const json::array* recipients = array_at(before, "recipients")) {
    for (const json::value& one : *recipients) to.emplace_back(one.as_string());
  }
  return rule_shown(on, text_at(before, "displayName"), to);
}

// The fact that a kind of action is about, and what the action shall make of it.
bool understand(Step& step, const json::value& action, const lab::Tenant& tenant) {
  const json::value& target = member_of(action, "target");
  const json::value& body = member_of(member_of(action, "request"), "body");
  const std::string id = text_at(target, "id");
  if (const Switch* one = find_switch(step.kind)) {
    const bool app = one->sort == "app:";
    step.key = std::string(one->sort) + (app ? text_at(target, "appId") : id);
    step.after = one->after;
    step.ids = {id, app ? text_at(target, "appId") : ""};
    return true;
  }
  if (is_rule(step.kind)) {
    step.key = "rule:" + id;
    step.after = rule_planned(action, step.kind == "enable-inbox-rule");
    step.ids = {id, percent_encode(id.substr(id.find('/') + 1))};
    return true;
  }
  if (step.kind == "block-app") {
    step.key = "app:" + text_at(target, "appId");
    step.after = "any";
    step.ids = {text_at(target, "appId")};
    return true;
  }
  if (step.kind == "revoke-grant" || step.kind == "narrow-grant" || step.kind == "restore-scopes") {
    step.key = "grant:" + id;
    if (step.kind != "revoke-grant") step.after = sorted_words(text_at(body, "scope"));
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
  if (is_removal(step.kind)) {
    const auto role = tenant.role_assignments.find(id);
    if (role == tenant.role_assignments.end()) return false;
    step.key = role_key(role->second);
    step.ids = {role->second.principal_id, role->second.resource_id};
    return true;
  }
  if (is_restored_role(step.kind)) {
    step.key = role_key_of(body);
    step.after = "any";
    step.ids = {text_at(body, "principalId"), text_at(body, "resourceId")};
    return true;
  }
  if (step.kind == "restrict-consent" || step.kind == "restore-consent") {
    const json::value& role = member_of(body, "defaultUserRolePermissions");
    step.key = "policy:consent";
    step.after = joined(array_at(role, "permissionGrantPoliciesAssigned"));
    step.ids = {"authorizationPolicy"};
    return true;
  }
  if (step.kind == "require-admin-consent" || step.kind == "restore-admin-consent") {
    step.key = "policy:requests";
    step.after = requests_shown(body);
    step.ids = {"adminConsentRequestPolicy"};
    return true;
  }
  if (step.kind == "require-managed-client") {
    step.key = "access:" + text_at(body, "displayName");
    step.after = text_at(body, "state");
    step.ids = {"conditionalAccess/policies"};
    return true;
  }
  if (step.kind == "withdraw-managed-client") {
    // Whatever became of it since, by the name that its run gave it.
    step.key = "access:" + text_at(before_of(action), "displayName");
    step.after = "disabled";
    step.ids = {"conditionalAccess/policies"};
    return text_at(before_of(action), "id") == id;
  }
  if (step.kind == "revoke-sessions") {
    step.key = "sessions:" + id;
    step.ids = {id};
    // A guest's sessions end at home only.
    const auto user = tenant.users.find(id);
    return user != tenant.users.end() && user->second.type != "Guest";
  }
  return false;
}

std::string scopes_planned(const json::value& action) {
  std::string out;
  const json::value& before = before_of(action);
  if (const json::array* scopes = array_at(before, "scopes")) {
    for (const json::value& one : *scopes) out += std::string(one.as_string()) + " ";
  }
  return sorted_words(out);
}

std::string consent_planned(const json::value& action) {
  return joined(array_at(before_of(action), "permissionGrantPoliciesAssigned"));
}

// Of a list of consent policies, those about resources that their users own.
std::string owned(const std::string& list) {
  std::istringstream words(list);
  std::string out;
  for (std::string word; words >> word;) {
    if (word.contains("ForOwnedResource.")) out += word + " ";
  }
  return out;
}

// What a narrowed grant keeps: whatever is not about mail.
std::string harmless(const std::string& scopes) {
  std::istringstream words(scopes);
  std::string out;
  for (std::string word; words >> word;) {
    if (word.starts_with("Mail") || word.starts_with("IMAP")) continue;
    out += (out.empty() ? "" : " ") + word;
  }
  return out;
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
  if (find_switch(step.kind) != nullptr) return now && now != step.after;
  if (step.kind == "block-app" || step.kind == "restore-grant" || is_restored_role(step.kind) ||
      step.kind == "require-managed-client") {
    return !now;
  }
  // A grant that lost scopes is still the planned one; one that gained some is not.
  if (step.kind == "revoke-grant") return now && step.before && words_within(*now, *step.before);
  if (step.kind == "revoke-sessions") return now.has_value();
  return now && now == step.before;
}

bool as_wanted(const Step& step, const Value& now) {
  if (step.kind == "revoke-grant") return !now;
  // The same permission given again is another assignment.
  if (is_removal(step.kind)) return !now || now != step.before;
  if (step.kind == "block-app" || is_restored_role(step.kind)) return now.has_value();
  if (step.kind == "revoke-sessions") return now && now != step.before;
  return now == step.after;
}

bool is_removal(const Step& step) { return is_removal(step.kind); }

bool may_repeat(const Step& step) {
  return find_switch(step.kind) != nullptr || is_rule(step.kind) || step.kind == "narrow-grant" ||
         step.kind == "restore-scopes" || step.kind == "revoke-sessions" ||
         step.key.starts_with("policy:") || step.kind == "withdraw-managed-client";
}

bool looks_at(const Step& step, const std::string& method, const std::string& path) {
  if (method != "GET") return false;
  if (step.key.starts_with("role:")) {
    return path.contains("/" + step.ids[0] + "/appRoleAssignments") ||
           path.contains("/" + step.ids[1] + "/appRoleAssignedTo");
  }
  if (step.key.starts_with("policy:") || step.key.starts_with("access:")) {
    return path.contains(step.ids[0]);
  }
  const bool about_rules = path.contains("/messageRules");
  if (step.key.starts_with("rule:")) return about_rules && path.contains(step.ids[1]);
  const bool names_it = std::ranges::any_of(
      step.ids, [&](const std::string& id) { return !id.empty() && path.contains(id); });
  const bool about_grants = path.contains("auth2PermissionGrants");
  if (!names_it || about_rules || path.contains("/appRoleAssign")) return false;
  if (step.key.starts_with("grant:")) return about_grants;
  if (about_grants) return false;
  return path.contains(step.key.starts_with("app:") ? "servicePrincipals" : "/users");
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
      problem = fmt::format("{} {} should not be planned", step.id, step.kind);
      return {};
    }
    step.before = value_of(state, step.key);
    // An undo goes by what its run left behind, whatever became of it since.
    if (step.kind == "restore-scopes") step.before = scopes_planned(action);
    if (step.kind == "restore-consent") step.before = consent_planned(action);
    if (step.kind == "restore-admin-consent") step.before = requests_shown(before_of(action));
    if (step.kind == "withdraw-managed-client") step.before = text_at(before_of(action), "state");
    if (is_rule(step.kind)) step.before = rule_planned(action, step.kind == "disable-inbox-rule");
    if (step.kind == "restrict-consent" && owned(*step.after) != owned(*step.before)) {
      problem = fmt::format("{} keeps {} of {}", step.id, shown(step.after), shown(step.before));
      return {};
    }
    if (step.kind == "narrow-grant" && step.after != harmless(step.before.value_or(""))) {
      problem = fmt::format("{} keeps {} of {}", step.id, shown(step.after), shown(step.before));
      return {};
    }
    out.push_back(std::move(step));
  }
  return out;
}

}  // namespace chaos
