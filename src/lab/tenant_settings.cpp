#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "lab/audit.hpp"
#include "lab/json_text.hpp"
#include "lab/operations.hpp"
#include "lab/policies.hpp"

// The organization and its policies.
namespace clawback::lab {
namespace {

Reply with_context(const Call& call, std::string_view fragment, const json::value& object) {
  std::string body = "{\"@odata.context\":";
  append_quoted(body, context_url(call, fragment));
  std::string text;
  append_json(text, object);
  return json_answer(200, body + "," + text.substr(1));
}

json::object plan_of(std::string_view service, std::string_view id) {
  return {{"assignedDateTime", "2024-02-01T08:00:00Z"},
          {"capabilityStatus", "Enabled"},
          {"service", service},
          {"servicePlanId", id}};
}

}  // namespace

Reply list_organization(Backend& backend, const Call& call) {
  const Tenant& tenant = backend.store.shown().tenant();
  json::array plans{plan_of("exchange", "efb87545-963c-4e0d-99df-69c6916d9eb0")};
  if (tenant.premium)
    plans.push_back(plan_of("AADPremiumService", "41781fb2-bc02-4b7c-bd55-b576c07bb09d"));
  const json::object organization{
      {"id", tenant.id},
      {"deletedDateTime", nullptr},
      {"businessPhones", json::array{}},
      {"city", nullptr},
      {"country", nullptr},
      {"countryLetterCode", "US"},
      {"postalCode", nullptr},
      {"state", nullptr},
      {"street", nullptr},
      {"isMultipleDataLocationsForServicesEnabled", nullptr},
      {"marketingNotificationEmails", json::array{}},
      {"securityComplianceNotificationMails", json::array{}},
      {"securityComplianceNotificationPhones", json::array{}},
      {"technicalNotificationMails", json::array{"admin@" + tenant.domain}},
      {"onPremisesLastSyncDateTime", nullptr},
      {"onPremisesSyncEnabled", nullptr},
      {"directorySizeQuota", {{"used", tenant.users.size()}, {"total", 300'000}}},
      {"privacyProfile", {{"contactEmail", ""}, {"statementUrl", ""}}},
      {"provisionedPlans", json::array{}},
      {"createdDateTime", "2019-05-20T09:00:00Z"},
      {"displayName", tenant.name},
      {"preferredLanguage", "en"},
      {"tenantType", "AAD"},
      {"assignedPlans", std::move(plans)},
      {"verifiedDomains",
       json::array{json::object{{"capabilities", "Email, OfficeCommunicationsOnline"},
                                {"isDefault", true},
                                {"isInitial", true},
                                {"name", tenant.domain},
                                {"type", "Managed"}}}}};
  return with_context(call, "organization", json::object{{"value", json::array{organization}}});
}

Reply get_authorization_policy(Backend& backend, const Call& call) {
  return with_context(call, "policies/authorizationPolicy/$entity",
                      backend.store.shown().tenant().authorization_policy);
}

// Takes any text as a policy name, also one without the prefix, as the service does.
Reply update_authorization_policy(Backend& backend, const Call& call) {
  const json::object* wanted = call.body.if_object();
  if (wanted == nullptr) return error_answer(call, {.message = "The body must be a JSON object."});
  const json::value before = backend.store.truth().tenant().authorization_policy;
  json::value after = before;
  merge(after.as_object(), *wanted);
  if (after == before) return empty_answer();
  record(backend, call, changed_authorization_policy(by_app(backend, call), before, after));
  backend.store.write(NewAuthorizationPolicy{after}, call.now);
  return empty_answer();
}

// No context here: some replies have none.
Reply list_grant_policies(Backend& backend, const Call& /*call*/) {
  json::array policies;
  for (const json::value& policy : backend.store.shown().tenant().permission_grant_policies) {
    policies.push_back(policy);
  }
  std::string body;
  append_json(body, json::object{{"value", std::move(policies)}});
  return json_answer(200, std::move(body));
}

Reply get_grant_policy(Backend& backend, const Call& call) {
  for (const json::value& policy : backend.store.shown().tenant().permission_grant_policies) {
    if (string_at(policy, "id") == call.arguments[0]) {
      return with_context(call, "policies/permissionGrantPolicies/$entity", policy);
    }
  }
  return error_answer(call, not_found(call.arguments[0]).error());
}

Reply get_request_policy(Backend& backend, const Call& call) {
  return with_context(call, "policies/adminConsentRequestPolicy/$entity",
                      backend.store.shown().tenant().admin_consent_request_policy);
}

Reply replace_request_policy(Backend& backend, const Call& call) {
  const json::object* wanted = call.body.if_object();
  if (wanted == nullptr || array_at(call.body, "reviewers") == nullptr ||
      !bool_at(call.body, "isEnabled")) {
    return error_answer(call, {.message = "isEnabled and reviewers are required."});
  }
  json::object policy = *wanted;
  for (json::value& reviewer : policy["reviewers"].as_array()) {
    if (reviewer.is_object()) reviewer.get_object().emplace("queryRoot", nullptr);
  }
  const json::value& before = backend.store.truth().tenant().admin_consent_request_policy;
  policy["version"] = int_at(before, "version").value_or(0) + 1;
  backend.store.write(NewRequestPolicy{std::move(policy)}, call.now);
  return empty_answer();
}

}  // namespace clawback::lab
