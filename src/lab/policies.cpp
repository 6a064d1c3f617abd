#include "lab/policies.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

namespace clawback::lab {
namespace {

struct ConditionSet {
  std::string_view id;
  std::string_view classification = "all";
  std::string_view type = "delegated";
  bool verified_only = false;
  json::array apps{"all"};
  json::array tenants{"all"};
  std::string_view resource = "any";
};

json::object condition_set(const ConditionSet& set) {
  return {{"id", set.id},
          {"permissionClassification", set.classification},
          {"permissionType", set.type},
          {"resourceApplication", set.resource},
          {"permissions", json::array{"all"}},
          {"clientApplicationIds", set.apps},
          {"clientApplicationTenantIds", set.tenants},
          {"clientApplicationPublisherIds", json::array{"all"}},
          {"clientApplicationsFromVerifiedPublisherOnly", set.verified_only}};
}

// Microsoft's list of January 2026: eM Client, Apple Internet Accounts, Gmail, Samsung Email, Spark
// and Thunderbird.
json::array popular_mail_clients() {
  return {"e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd", "f8d98a96-0999-43f5-8af3-69971c7bb423",
          "2cee05de-2b8f-45a2-8289-2a06ca32c4c8", "8acd33ea-7197-4a96-bc33-d7cc7101262f",
          "b50c1dbd-1855-4e54-b07c-d3c3029e93d3", "9e5f94bc-e8a4-4e73-b8be-63364c29d753"};
}

json::value policy(std::string_view id, std::string_view name, std::string_view description,
                   json::array includes, json::array excludes = {}) {
  return json::object{{"id", id},
                      {"displayName", name},
                      {"description", description},
                      {"includes", std::move(includes)},
                      {"excludes", std::move(excludes)}};
}

}  // namespace

void install_policies(Tenant& tenant) {
  tenant.authorization_policy =
      json::object{{"id", "authorizationPolicy"},
                   {"allowInvitesFrom", "adminsAndGuestInviters"},
                   {"allowedToSignUpEmailBasedSubscriptions", true},
                   {"allowedToUseSSPR", true},
                   {"allowEmailVerifiedUsersToJoinOrganization", false},
                   {"allowUserConsentForRiskyApps", false},
                   {"blockMsolPowerShell", false},
                   {"displayName", "Authorization Policy"},
                   {"description", "Settings of authorization for the whole organization."},
                   {"guestUserRoleId", "10dae51f-b6af-4016-8d66-8c2a99b929b3"},
                   {"defaultUserRolePermissions",
                    {{"allowedToCreateApps", true},
                     {"allowedToCreateSecurityGroups", true},
                     {"allowedToCreateTenants", true},
                     {"allowedToReadOtherUsers", true},
                     {"permissionGrantPoliciesAssigned",
                      {"ManagePermissionGrantsForSelf.microsoft-user-default-recommended",
                       "managePermissionGrantsForSelf.microsoft-user-default-allow-consent-apps",
                       "managePermissionGrantsForOwnedResource.microsoft-dynamically-managed-"
                       "permissions-for-team"}}}}};
  tenant.permission_grant_policies = {
      policy("microsoft-user-default-low", "Default user, low risk",
             "Permissions of low classification, for verified publishers.",
             {condition_set({.id = "cb0c20dd-919d-40c5-ba6d-7ffb233b4b0b",
                             .classification = "low",
                             .tenants = {tenant.id}}),
              condition_set({.id = "8ce99f96-730c-4ebd-8397-07ee65942b97",
                             .classification = "low",
                             .verified_only = true})}),
      policy("microsoft-user-default-legacy", "Default user, legacy",
             "Everything that a user may consent to.",
             {condition_set({.id = "bddda1ec-0174-44d5-84e2-47fb0ac01595",
                             .type = "delegatedUserConsentable"})}),
      policy("microsoft-user-default-recommended", "Default user, managed by Microsoft",
             "Microsoft's current recommendation.",
             {condition_set({.id = "3e5cf2fa-9e46-4d0a-9d0c-9d0f6d8f7a11",
                             .type = "delegatedUserConsentable"})}),
      policy("microsoft-user-default-allow-consent-apps", "Default user, popular mail clients",
             "Mail scopes of popular mail clients.",
             {condition_set({.id = "5f2f7e9c-0c92-4f1b-8a6e-6d5b1c9a2b77",
                             .type = "delegatedUserConsentable",
                             .apps = popular_mail_clients()})}),
      policy("microsoft-application-admin", "Application admin",
             "What an application administrator may grant.",
             {condition_set({.id = "811d2da7-443c-43da-96e7-28d285b234e9", .type = "application"}),
              condition_set({.id = "60461179-740e-4d8b-9e00-1456a338c44b"})},
             {condition_set({.id = "c85b029f-4abf-47d8-ae61-d2a38299033a",
                             .type = "application",
                             .resource = "00000003-0000-0000-c000-000000000000"}),
              condition_set({.id = "2a1fbb36-9d9a-42d8-8804-de2aa45aca80",
                             .type = "application",
                             .resource = "00000002-0000-0000-c000-000000000000"})}),
      policy("microsoft-company-admin", "Company admin", "What a company administrator may grant.",
             {condition_set({.id = "1f06f3a1-42d3-4243-8fbc-5d0c30d4de4c", .type = "application"}),
              condition_set({.id = "08619a19-ae6f-406c-b9a0-ea6af1f1558d"})})};
  tenant.admin_consent_request_policy = json::object{{"isEnabled", false},
                                                     {"notifyReviewers", false},
                                                     {"remindersEnabled", false},
                                                     {"requestDurationInDays", 0},
                                                     {"version", 0},
                                                     {"reviewers", json::array{}}};
  // As many tenants have it: older protocols are shut out.
  tenant.conditional_access_policies = {
      json::object{{"id", "3d0f0f2c-7f0d-4b8e-9d5c-0c1f5a3e6b21"},
                   {"displayName", "Block legacy authentication"},
                   {"createdDateTime", "2023-04-11T08:15:00Z"},
                   {"modifiedDateTime", nullptr},
                   {"state", "enabledForReportingButNotEnforced"},
                   {"sessionControls", nullptr},
                   {"conditions",
                    {{"clientAppTypes", {"exchangeActiveSync", "other"}},
                     {"applications",
                      {{"includeApplications", {"All"}}, {"excludeApplications", json::array{}}}},
                     {"users", {{"includeUsers", {"All"}}, {"excludeUsers", json::array{}}}}}},
                   {"grantControls", {{"operator", "OR"}, {"builtInControls", {"block"}}}}}};
}

void merge(json::object& into, const json::object& from) {
  for (const auto& [name, value] : from) {
    json::value& target = into[name];
    if (value.is_object() && target.is_object()) {
      merge(target.as_object(), value.get_object());
    } else {
      target = value;
    }
  }
}

}  // namespace clawback::lab
