#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/listed.hpp"
#include "base/safe_text.hpp"
#include "plan/access_records.hpp"
#include "plan/kinds.hpp"
#include "plan/projection.hpp"
#include "plan/shape_parts.hpp"

// require-managed-client and withdraw-managed-client: a Conditional Access policy on Exchange
// Online that asks for a managed device. Source: Microsoft Graph conditionalAccessPolicy create and
// update. Names are not unique there: the same request twice makes two policies.
namespace clawback::plan {
namespace {

constexpr std::string_view policies_path = "/v1.0/identity/conditionalAccess/policies";
constexpr std::string_view exchange_online = "00000002-0000-0ff1-ce00-000000000000";
constexpr std::string_view report_only = "enabledForReportingButNotEnforced";
constexpr std::size_t excluded_max = 200;
constexpr std::size_t excluded_shown = 20;

json::value conditions_of(const json::array& excluded) {
  return json::object{
      {"clientAppTypes", {"exchangeActiveSync", "mobileAppsAndDesktopClients", "other"}},
      {"applications", {{"includeApplications", {exchange_online}}}},
      {"users", {{"includeUsers", {"All"}}, {"excludeUsers", excluded}}}};
}

json::value controls() {
  return json::object{{"operator", "OR"},
                      {"builtInControls", {"compliantDevice", "domainJoinedDevice"}}};
}

// The same rules have the same name, so that a second plan finds the policy of the first.
std::string tag_of(const json::array& excluded) {
  const json::array all{conditions_of(excluded), controls()};
  return sha256_text(canonical_json(all)).substr(std::string_view("sha256:").size(), 8);
}

std::string name_for(const std::string& tag) {
  return fmt::format("clawback: managed clients only for Exchange Online ({})", tag);
}

// Sorted GUIDs, each once.
std::optional<json::array> excluded_of(const json::value& projection) {
  const json::array* list = array_at(projection, "excludeUsers");
  if (list == nullptr || list->empty() || list->size() > excluded_max) return std::nullopt;
  std::string last;
  for (const json::value& id : *list) {
    if (!id.is_string() || !is_guid(id.get_string())) return std::nullopt;
    if (std::string(id.get_string()) <= last) return std::nullopt;
    last = id.get_string();
  }
  return *list;
}

json::value project_rules(const std::string& name, std::string_view state,
                          const json::value& conditions, const json::value& grant) {
  json::object out{{"displayName", name}, {"state", state}};
  const auto put = [&](std::string_view key, const json::value* from) {
    const json::value* found = from != nullptr ? member(*from, key) : nullptr;
    out[key] = found != nullptr ? *found : json::value();
  };
  put("clientAppTypes", &conditions);
  put("includeApplications", member(conditions, "applications"));
  put("includeUsers", member(conditions, "users"));
  put("excludeUsers", member(conditions, "users"));
  put("operator", &grant);
  put("builtInControls", &grant);
  return out;
}

json::value wanted_policy(std::string_view state, const json::array& excluded) {
  return project_rules(name_for(tag_of(excluded)), state, conditions_of(excluded), controls());
}

// Whom the policy leaves out, and how strict it is.
json::array wanted_excluded(const policy::ManagedClient& wanted) {
  std::vector<std::string> ids;
  for (const domain::UserId& id : wanted.break_glass) ids.push_back(to_lower(id.str()));
  return sorted_once(std::move(ids));
}

std::string_view wanted_state(const policy::ManagedClient& wanted) {
  return wanted.enforce ? "enabled" : report_only;
}

std::string effect_of(std::string_view state, const json::array& excluded) {
  std::vector<std::string> ids;
  for (const json::value& id : excluded) ids.emplace_back(id.as_string());
  const std::string whom =
      "mail clients other than browsers reach Exchange Online from managed devices only, for "
      "everyone but " +
      listed(ids, excluded_shown);
  return state == report_only
             ? fmt::format(
                   "Nothing is stopped yet: Entra reports whom the rule would stop once it "
                   "is enforced. The rule: {}.",
                   whom)
             : fmt::format("From now on {}.", whom);
}

}  // namespace

json::value project(const domain::ConditionalAccessPolicy& policy) {
  const auto rules = parse_json(policy.rules, {.depth = 64});
  const json::value nothing;
  const auto part = [&](std::string_view key) -> const json::value& {
    const json::value* found = rules ? member(*rules, key) : nullptr;
    return found != nullptr ? *found : nothing;
  };
  json::value out =
      project_rules(policy.display_name, policy.state, part("conditions"), part("grantControls"));
  out.as_object()["id"] = policy.id;
  out.as_object()["rules"] = sha256_text(policy.rules);
  return out;
}

Result<void> shape_require_managed_client(Action& action) {
  const json::value& wanted = action.postcondition.after;
  const auto excluded = excluded_of(wanted);
  const std::string state = string_at(wanted, "state").value_or("");
  if (!excluded || (state != report_only && state != "enabled")) return missing(action, "after");
  action.target.id = "managed-client-" + tag_of(*excluded);
  action.target.app_id.clear();
  action.target.service_principal_id.clear();
  action.precondition.request = get(std::string(policies_path));
  action.precondition.before = nullptr;
  action.request = {.method = "POST",
                    .path = std::string(policies_path),
                    .body = json::object{{"displayName", name_for(tag_of(*excluded))},
                                         {"state", state},
                                         {"conditions", conditions_of(*excluded)},
                                         {"grantControls", controls()}}};
  action.postcondition.after = wanted_policy(state, *excluded);
  // The inverse names the new policy, whose id is known only afterwards: `undo` fills it in.
  action.reversible = Reversible::recreate;
  action.inverse = std::nullopt;
  action.effect = effect_of(state, *excluded);
  action.residual =
      "Tokens that were already issued work until they expire. It needs Entra ID P1, and undoing "
      "it switches the policy off: the object itself stays.";
  return {};
}

Result<void> shape_withdraw_managed_client(Action& action) {
  const json::value& before = action.precondition.before;
  const auto state = string_at(before, "state");
  if (!state || string_at(before, "id") != action.target.id) return missing(action, "before");
  const std::string path = std::string(policies_path) + "/" + percent_encode(action.target.id);
  action.target.app_id.clear();
  action.target.service_principal_id.clear();
  json::object after = before.as_object();
  after["state"] = "disabled";
  action.precondition.request = get(std::string(policies_path));
  action.request = patch(path, json::object{{"state", "disabled"}});
  action.postcondition.after = std::move(after);
  action.reversible = Reversible::exact;
  action.inverse = patch(path, json::object{{"state", *state}});
  action.effect = "The Conditional Access policy that clawback made is switched off.";
  action.residual = "The policy itself stays, switched off: delete it in Entra if nobody needs it.";
  return {};
}

std::optional<std::string> not_asked_require_managed_client(const Action& action,
                                                            const policy::Policy& policy) {
  const policy::ManagedClient& wanted = policy.managed_client;
  const auto excluded = excluded_of(action.postcondition.after);
  if (!excluded || *excluded != wanted_excluded(wanted)) {
    return "the accounts it leaves out are not those of the policy ([managed_client] break_glass)";
  }
  if (string_at(action.postcondition.after, "state") != wanted_state(wanted)) {
    return "the policy asks for another state ([managed_client] enforce)";
  }
  return std::nullopt;
}

std::vector<Action> plan_require_managed_client(const Planning& planning) {
  const policy::ManagedClient& wanted = planning.policy.managed_client;
  if (wanted.break_glass.empty()) return {};
  const json::array excluded = wanted_excluded(wanted);
  const std::string tag = tag_of(excluded);
  const std::string target = "managed-client-" + tag;
  const auto refuse = [&](std::string reason) {
    refuse_once(planning, target, std::move(reason));
    return std::vector<Action>();
  };
  if (!domain::was_read(planning.snapshot.coverage, domain::source::conditional_access_policies)) {
    return refuse(
        "whether the tenant has it already is unknown: conditionalAccessPolicies was "
        "not read");
  }
  const std::string_view state = wanted_state(wanted);
  for (const auto& policy : planning.snapshot.conditional_access_policies) {
    if (policy.display_name != name_for(tag)) continue;
    const json::value now = project(policy);
    const bool strict = holds(wanted_policy("enabled", excluded), now);
    if (strict || holds(wanted_policy(state, excluded), now)) return {};
    return refuse(
        fmt::format("a policy of that name is there in the state {}, or with other "
                    "rules: change or remove it in Entra",
                    printable(policy.state, 40)));
  }
  Action action{.kind = domain::ActionKind::require_managed_client, .because = planning.because};
  action.target.id = target;
  action.target.display_name = name_for(tag);
  action.postcondition.after = wanted_policy(state, excluded);
  action.notes = would_have_stopped(planning.snapshot);
  std::vector<Action> out;
  out.push_back(std::move(action));
  return out;
}

}  // namespace clawback::plan
