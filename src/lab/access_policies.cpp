#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "lab/ids.hpp"
#include "lab/json_text.hpp"
#include "lab/operations.hpp"
#include "lab/policies.hpp"

// Conditional Access policies: read and written, never enforced by the lab.
namespace clawback::lab {
namespace {

constexpr std::string_view states[] = {"enabled", "disabled", "enabledForReportingButNotEnforced"};

bool is_state(const json::value& body) {
  const auto state = string_at(body, "state");
  return state && std::ranges::find(states, *state) != std::end(states);
}

// What Graph insists on in a new policy.
bool is_complete(const json::value& body) {
  const json::value* conditions = member(body, "conditions");
  if (conditions == nullptr || !string_at(body, "displayName") || !is_state(body)) return false;
  const bool says_what_is_needed =
      object_at(body, "grantControls") != nullptr || object_at(body, "sessionControls") != nullptr;
  return says_what_is_needed && object_at(*conditions, "users") != nullptr &&
         object_at(*conditions, "applications") != nullptr &&
         array_at(*conditions, "clientAppTypes") != nullptr;
}

const json::value* find_policy(const Tenant& tenant, const std::string& id) {
  const auto& all = tenant.conditional_access_policies;
  const auto found =
      std::ranges::find_if(all, [&](const json::value& one) { return string_at(one, "id") == id; });
  return found == all.end() ? nullptr : &*found;
}

// Graph prints these members whether or not they were given.
json::object with_defaults(const json::object& wanted) {
  json::object out{{"id", ""},
                   {"displayName", ""},
                   {"createdDateTime", nullptr},
                   {"modifiedDateTime", nullptr},
                   {"state", ""},
                   {"sessionControls", nullptr},
                   {"conditions",
                    {{"signInRiskLevels", json::array{}},
                     {"clientAppTypes", json::array{}},
                     {"platforms", nullptr},
                     {"locations", nullptr},
                     {"applications",
                      {{"includeApplications", json::array{}},
                       {"excludeApplications", json::array{}},
                       {"includeUserActions", json::array{}}}},
                     {"users",
                      {{"includeUsers", json::array{}},
                       {"excludeUsers", json::array{}},
                       {"includeGroups", json::array{}},
                       {"excludeGroups", json::array{}},
                       {"includeRoles", json::array{}},
                       {"excludeRoles", json::array{}}}}}},
                   {"grantControls",
                    {{"operator", "OR"},
                     {"builtInControls", json::array{}},
                     {"customAuthenticationFactors", json::array{}},
                     {"termsOfUse", json::array{}}}}};
  merge(out, wanted);
  return out;
}

}  // namespace

Reply list_access_policies(Backend& backend, const Call& call) {
  json::array policies;
  for (const json::value& policy : backend.store.shown().tenant().conditional_access_policies) {
    policies.push_back(policy);
  }
  std::string body;
  append_json(body,
              json::object{{"@odata.context", context_url(call, "conditionalAccess/policies")},
                           {"value", std::move(policies)}});
  return json_answer(200, std::move(body));
}

// Names need not be unique: the same request twice makes two policies.
Reply create_access_policy(Backend& backend, const Call& call) {
  const json::object* wanted = call.body.if_object();
  if (wanted == nullptr || !is_complete(call.body)) {
    return error_answer(call, {.code = "BadRequest",
                               .message = "1007: Incoming ConditionalAccessPolicy object is null "
                                          "or does not match the expected schema."});
  }
  json::object policy = with_defaults(*wanted);
  policy["id"] = backend.random.guid();
  policy["createdDateTime"] = bare_seconds(call.now) + "Z";
  backend.store.write(NewAccessPolicy{.policy = policy}, call.now);
  std::string body;
  append_json(body, policy);
  return json_answer(201, std::move(body));
}

Reply update_access_policy(Backend& backend, const Call& call) {
  const std::string& id = call.arguments[0];
  const json::value* before = find_policy(backend.store.truth().tenant(), id);
  if (before == nullptr) return error_answer(call, not_found(id).error());
  const json::object* wanted = call.body.if_object();
  const bool usable = wanted != nullptr && (!wanted->contains("state") || is_state(call.body));
  if (!usable) return error_answer(call, {.message = "The body is not a valid policy."});
  json::value after = *before;
  merge(after.as_object(), *wanted);
  after.as_object()["id"] = id;
  after.as_object()["modifiedDateTime"] = bare_seconds(call.now) + "Z";
  backend.store.write(NewAccessPolicy{.policy = std::move(after)}, call.now);
  return empty_answer();
}

Reply delete_access_policy(Backend& backend, const Call& call) {
  const std::string& id = call.arguments[0];
  const json::value* before = find_policy(backend.store.truth().tenant(), id);
  if (before == nullptr) return error_answer(call, not_found(id).error());
  backend.store.write(NewAccessPolicy{.policy = *before, .gone = true}, call.now);
  return empty_answer();
}

}  // namespace clawback::lab
