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
};

json::object condition_set(const ConditionSet& set) {
  const json::array all{"all"};
  return {{"id", set.id},
          {"permissionClassification", set.classification},
          {"permissionType", set.type},
          {"resourceApplication", "any"},
          {"permissions", all},
          {"clientApplicationIds", all},
          {"clientApplicationTenantIds", all},
          {"clientApplicationPublisherIds", all},
          {"clientApplicationsFromVerifiedPublisherOnly", set.verified_only}};
}

json::value policy(std::string_view id, std::string_view name, std::string_view description,
                   json::array includes) {
  return json::object{{"id", id},
                      {"displayName", name},
                      {"description", description},
                      {"includes", std::move(includes)},
                      {"excludes", json::array{}}};
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
             {condition_set({.id = "8ce99f96-730c-4ebd-8397-07ee65942b97",
                             .classification = "low",
                             .verified_only = true})}),
      policy("microsoft-user-default-legacy", "Default user, legacy",
             "Everything that a user may consent to.",
             {condition_set({.id = "cb0c20dd-919d-40c5-ba6d-7ffb233b4b0b",
                             .type = "delegatedUserConsentable"})}),
      policy("microsoft-user-default-recommended", "Default user, managed by Microsoft",
             "Microsoft's current recommendation.",
             {condition_set({.id = "3e5cf2fa-9e46-4d0a-9d0c-9d0f6d8f7a11",
                             .type = "delegatedUserConsentable"})}),
      policy("microsoft-user-default-allow-consent-apps", "Default user, popular mail clients",
             "Mail scopes of popular mail clients.",
             {condition_set({.id = "5f2f7e9c-0c92-4f1b-8a6e-6d5b1c9a2b77",
                             .type = "delegatedUserConsentable"})}),
      policy("microsoft-company-admin", "Company admin", "What a company administrator may grant.",
             {condition_set({.id = "1f06f3a1-42d3-4243-8fbc-5d0c30d4de4c", .type = "application"}),
              condition_set({.id = "08619a19-ae6f-406c-b9a0-ea6af1f1558d"})})};
  tenant.admin_consent_request_policy = json::object{{"isEnabled", false},
                                                     {"notifyReviewers", false},
                                                     {"remindersEnabled", false},
                                                     {"requestDurationInDays", 0},
                                                     {"version", 0},
                                                     {"reviewers", json::array{}}};
}

}  // namespace clawback::lab
