#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The tenant's own settings for consent and access, as Microsoft Graph v1.0 returns them. What was
// not returned is nullopt, never a default.
namespace clawback::domain {

// Who may consent: `permission_grant_policies_assigned` is the exact list, in its order. Values
// begin with managePermissionGrantsForSelf. (what users give away by themselves) or
// managePermissionGrantsForOwnedResource. (what owners of teams and chats do); the service takes
// any other text too.
struct AuthorizationPolicy {
  std::vector<std::string> permission_grant_policies_assigned;
  std::optional<bool> allow_user_consent_for_risky_apps;
  friend bool operator==(const AuthorizationPolicy&, const AuthorizationPolicy&) = default;
};

// One condition set of a consent policy: all members must fit. Lists hold ids, or "all" alone.
// Source: permissionGrantConditionSet.
struct ConditionSet {
  std::optional<std::vector<std::string>> client_app_ids;
  std::optional<std::vector<std::string>> client_tenant_ids;
  std::optional<std::vector<std::string>> client_publisher_ids;
  std::optional<std::vector<std::string>> permissions;  // ids of permissions, not their names
  std::optional<std::string> resource;                  // an application id, or "any"
  std::optional<std::string> classification;            // all, low, medium, high
  std::optional<std::string> type;  // delegated, application, delegatedUserConsentable
  std::optional<bool> verified_publisher_only;
  std::vector<std::string> others;  // names of further members that say something; sorted
  friend bool operator==(const ConditionSet&, const ConditionSet&) = default;
};

// A consent policy allows what one of `includes` fits and none of `excludes` does.
struct PermissionGrantPolicy {
  std::string id;
  std::optional<std::string> display_name;
  std::optional<std::vector<ConditionSet>> includes;  // nullopt: not returned
  std::optional<std::vector<ConditionSet>> excludes;
  friend bool operator==(const PermissionGrantPolicy&, const PermissionGrantPolicy&) = default;
};

// The workflow in which users ask an administrator for consent. Replaced as a whole.
struct AdminConsentRequestPolicy {
  bool is_enabled = false;
  std::optional<bool> notify_reviewers;
  std::optional<bool> reminders_enabled;
  std::optional<std::int64_t> request_duration_in_days;
  std::vector<std::string> reviewers;   // each as canonical JSON, in their order
  std::optional<std::int64_t> version;  // read-only: counts the changes
  std::vector<std::string> others;      // names of further members that say something; sorted
  friend bool operator==(const AdminConsentRequestPolicy&,
                         const AdminConsentRequestPolicy&) = default;
};

struct ConditionalAccessPolicy {
  std::string id;
  std::string display_name;
  std::string state;  // enabled, disabled, enabledForReportingButNotEnforced
  // Canonical JSON of conditions, grantControls and sessionControls without what is null or empty.
  std::string rules;
  friend bool operator==(const ConditionalAccessPolicy&, const ConditionalAccessPolicy&) = default;
};

}  // namespace clawback::domain
