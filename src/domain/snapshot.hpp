#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/entities.hpp"

namespace clawback::domain {

// read: all of it. partial: some of it, `reason` says why. denied: 401/403 or no licence. absent:
// not asked for, not in the export, or no such file. Only `read` may be concluded from.
enum class SourceState { read, denied, partial, absent };

std::string_view name_of(SourceState state);

// Names of sources, as coverage, findings and policies spell them.
namespace source {
inline constexpr std::string_view service_principals = "servicePrincipals";
inline constexpr std::string_view grants = "oauth2PermissionGrants";
inline constexpr std::string_view app_roles = "appRoleAssignments";
inline constexpr std::string_view users = "users";
inline constexpr std::string_view audits = "directoryAudits";
inline constexpr std::string_view sign_ins = "signIns";
inline constexpr std::string_view authorization_policy = "authorizationPolicy";
inline constexpr std::string_view permission_grant_policies = "permissionGrantPolicies";
inline constexpr std::string_view mail_accesses = "mailItemsAccessed";
inline constexpr std::string_view mailbox_changes = "mailboxChanges";
inline constexpr std::string_view app_activities = "servicePrincipalSignInActivities";
inline constexpr std::string_view organization_config = "organizationConfig";
// Read only for what a plan is about, and mentioned only then.
inline constexpr std::string_view assignments = "appRoleAssignedTo";
inline constexpr std::string_view inbox_rules = "inboxRules";
inline constexpr std::string_view admin_consent_request_policy = "adminConsentRequestPolicy";
inline constexpr std::string_view conditional_access_policies = "conditionalAccessPolicies";
}  // namespace source

struct Source {
  std::string name;
  SourceState state = SourceState::absent;
  std::size_t records = 0;
  std::optional<std::string> reason;
  friend bool operator==(const Source&, const Source&) = default;
};

struct Coverage {
  std::vector<Source> sources;     // in the order of the names above
  std::optional<Time> logs_since;  // start of the window of directoryAudits and signIns
  bool complete = false;           // set by detect: everything that the policy needs was read
  friend bool operator==(const Coverage&, const Coverage&) = default;
};

// nullptr if the source was never mentioned; treat like absent.
const Source* find(const Coverage& coverage, std::string_view name);
bool was_read(const Coverage& coverage, std::string_view name);
// Puts or replaces the entry of that name.
void record(Coverage& coverage, Source source);

// Everything that is known of a tenant at `observed`. Vectors are sorted by id (events by time,
// id), so that the same evidence gives the same bytes however it was collected.
struct Snapshot {
  TenantId tenant;
  std::string tenant_name;  // may be empty
  Time observed;
  std::vector<ServicePrincipal> service_principals;
  std::vector<Grant> grants;
  std::vector<AppRoleAssignment> app_roles;
  std::vector<User> users;
  std::vector<AuditEvent> audits;
  std::vector<SignIn> sign_ins;
  std::optional<AuthorizationPolicy> authorization_policy;
  std::vector<PermissionGrantPolicy> permission_grant_policies;
  std::vector<UserCountry> user_countries;  // by user, country; comes with sign_ins
  std::vector<MailAccess> mail_accesses;
  std::vector<MailboxChange> mailbox_changes;
  std::vector<AppActivity> app_activities;
  std::optional<OrganizationConfig> organization_config;
  std::vector<AppAssignments> assignments;  // by application
  std::vector<InboxRules> inbox_rules;      // by user
  std::optional<AdminConsentRequestPolicy> admin_consent_request_policy;
  std::vector<ConditionalAccessPolicy> conditional_access_policies;
  Coverage coverage;
};

// Sorts. Objects of the directory with one id become one (repeated.hpp), of events with one id the
// same one stays whatever their order was.
void normalise(Snapshot& snapshot);
// By id in a normalised snapshot; nullptr if unknown.
const ServicePrincipal* find_service_principal(const Snapshot& snapshot,
                                               const ServicePrincipalId& id);
const User* find_user(const Snapshot& snapshot, const UserId& id);
// nullptr: not asked about, or it could not be read.
const AppAssignments* find_assignments(const Snapshot& snapshot, const ServicePrincipalId& app);
const InboxRules* find_inbox_rules(const Snapshot& snapshot, const UserId& user);

}  // namespace clawback::domain
