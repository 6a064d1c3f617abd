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
constexpr std::array<Switch, 7> switches{{{"disable-app", "app:", "off"},
                                          {"enable-app", "app:", "on"},
                                          {"confirm-block", "app:", "off"},
                                          {"disable-user", "user:", "off"},
                                          {"enable-user", "user:", "on"},
                                          {"disable-inbox-rule", "rule:", "off"},
                                          {"enable-inbox-rule", "rule:", "on"}}};

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

// The fact that a kind of action is about, and what the action shall make of it.
bool understand(Step& step, const json::value& action, const lab::Tenant& tenant) {
  const json::value& target = member_of(action, "target");
  const json::value& body = member_of(member_of(action, "request"), "body");
  const std::string id = text_at(target, "id");
  if (const Switch* one = find_switch(step.kind)) {
    const bool app = one->sort == "app:";
    step.key = std::string(one->sort) + (app ? text_at(target, "appId") : id);
    step.after = one->after;
    step.ids = {id, app ? text_at(target, "appId") : percent_encode(id.substr(id.find('/') + 1))};
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
  if (step.kind == "revoke-sessions") {
    step.key = "sessions:" + id;
    step.ids = {id};
    return true;
  }
  return false;
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
  if (step.kind == "block-app" || step.kind == "restore-grant" || is_restored_role(step.kind)) {
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
  return find_switch(step.kind) != nullptr || step.kind == "narrow-grant" ||
         step.kind == "restore-scopes" || step.kind == "revoke-sessions";
}

bool looks_at(const Step& step, const std::string& method, const std::string& path) {
  if (method != "GET") return false;
  if (step.key.starts_with("role:")) {
    return path.contains("/" + step.ids[0] + "/appRoleAssignments") ||
           path.contains("/" + step.ids[1] + "/appRoleAssignedTo");
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
      problem = fmt::format("the model does not know {} {}", step.id, step.kind);
      return {};
    }
    step.before = value_of(state, step.key);
    if (step.kind == "narrow-grant" && step.after != harmless(step.before.value_or(""))) {
      problem = fmt::format("{} keeps {} of {}", step.id, shown(step.after), shown(step.before));
      return {};
    }
    out.push_back(std::move(step));
  }
  return out;
}

}  // namespace chaos
