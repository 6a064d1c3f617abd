#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "domain/ids.hpp"
#include "domain/tenant_policies.hpp"

// Entities as Microsoft Graph v1.0 returns them. What was not returned is nullopt, never a default.
// Strings are hostile: display names, reply URLs and scopes are written by whoever made the app.
namespace clawback::domain {

// verifiedPublisher is an object of nulls for an unverified publisher: then `id` is nullopt here.
struct VerifiedPublisher {
  std::optional<std::string> id;
  std::optional<std::string> display_name;
  friend bool operator==(const VerifiedPublisher&, const VerifiedPublisher&) = default;
};

struct AppRole {
  std::string id;     // GUID
  std::string value;  // e.g. "Mail.Read"
  friend bool operator==(const AppRole&, const AppRole&) = default;
};

struct ServicePrincipal {
  ServicePrincipalId id;
  AppId app_id;
  std::string display_name;
  std::optional<TenantId> owner_tenant;  // appOwnerOrganizationId
  std::optional<std::string> type;       // servicePrincipalType: Application, ManagedIdentity…
  std::optional<bool> account_enabled;
  std::optional<std::string> disabled_by_microsoft;  // disabledByMicrosoftStatus, when not null
  std::optional<VerifiedPublisher> verified_publisher;
  std::optional<Time> created;  // returned by v1.0 although not declared
  std::optional<std::vector<std::string>> reply_urls;
  std::optional<std::string> homepage;
  std::vector<AppRole> app_roles;  // only read for resources
  friend bool operator==(const ServicePrincipal&, const ServicePrincipal&) = default;
};

enum class ConsentType : std::uint8_t { principal, all_principals };

// oauth2PermissionGrant: one row per (client, resource, principal); it has no timestamp.
struct Grant {
  GrantId id;
  ServicePrincipalId client;
  ServicePrincipalId resource;
  ConsentType consent = ConsentType::principal;
  std::optional<UserId> principal;  // nullopt exactly when consent is all_principals
  std::vector<std::string> scopes;  // sorted, without duplicates and blanks
  friend bool operator==(const Grant&, const Grant&) = default;
};

// An app role (application permission) that a service principal holds on a resource.
struct AppRoleAssignment {
  AssignmentId id;
  ServicePrincipalId principal;  // the client that holds the role
  ServicePrincipalId resource;
  std::string role_id;  // GUID; all zero means default access, no role
  std::optional<std::string>
      value;  // e.g. "Mail.Read"; nullopt if the resource's roles are unknown
  std::optional<Time> created;
  friend bool operator==(const AppRoleAssignment&, const AppRoleAssignment&) = default;
};

// Who is assigned to an application: appRoleAssignedTo of its service principal. A consent assigns
// the user with the zero role.
struct Assignment {
  AssignmentId id;
  std::string principal;       // object id
  std::string principal_type;  // User, Group or ServicePrincipal
  ServicePrincipalId resource;
  std::string role_id;  // GUID; all zero means default access
  friend bool operator==(const Assignment&, const Assignment&) = default;
};

// All that are assigned to one application. An application that is not here was not asked about.
struct AppAssignments {
  ServicePrincipalId app;
  std::vector<Assignment> assignments;  // by id
  friend bool operator==(const AppAssignments&, const AppAssignments&) = default;
};

// messageRule of an inbox, as Graph has it now.
struct InboxRule {
  std::string id;
  std::optional<std::string> name;
  std::optional<bool> enabled;
  bool read_only = false;               // made by an administrator: can't be changed through Graph
  bool forwards = false;                // forwardTo, redirectTo, forwardAsAttachmentTo
  bool hides = false;                   // delete, markAsRead, a move to RSS, Archive, Junk…
  std::vector<std::string> recipients;  // of what it forwards, sorted
  friend bool operator==(const InboxRule&, const InboxRule&) = default;
};

// All rules of one user's inbox. A user who is not here was not asked about.
struct InboxRules {
  UserId user;
  std::vector<InboxRule> rules;  // by id
  friend bool operator==(const InboxRules&, const InboxRules&) = default;
};

struct User {
  UserId id;
  std::optional<std::string> user_principal_name;
  std::optional<std::string> display_name;
  std::optional<bool> account_enabled;
  std::optional<std::string> type;          // Member or Guest
  std::optional<Time> sessions_valid_from;  // signInSessionsValidFromDateTime
  friend bool operator==(const User&, const User&) = default;
};

enum class AuditResult : std::uint8_t { success, failure, other };

struct AuditProperty {
  std::string name;
  std::string old_value;  // JSON-in-JSON already decoded once where it was quoted
  std::string new_value;
  friend bool operator==(const AuditProperty&, const AuditProperty&) = default;
};

struct AuditTarget {
  std::string id;
  std::string type;  // ServicePrincipal, User, Application…
  std::string display_name;
  std::vector<AuditProperty> properties;
  friend bool operator==(const AuditTarget&, const AuditTarget&) = default;
};

// Which log a record was read from. The same happening has another record id in each.
enum class Origin : std::uint8_t { graph, unified_audit, log_analytics };

// One change in the directory, in the words of Graph's /auditLogs/directoryAudits whichever log it
// comes from: readers of other logs rename, and never judge.
struct AuditEvent {
  RecordId id;
  Time time;
  Origin origin = Origin::graph;
  std::string activity;  // activityDisplayName; for UAL its Operation without the final dot
  AuditResult result = AuditResult::other;
  std::optional<std::string> reason;  // resultReason
  std::optional<std::string> correlation_id;
  std::optional<UserId> actor_user;
  std::optional<std::string> actor_user_principal_name;
  std::optional<std::string> actor_display_name;  // "Azure ESTS Service" at the consent page
  std::optional<AppId> actor_app;
  std::optional<std::string> actor_app_name;  // "Managed Service Identity"
  std::optional<std::string> ip_address;      // at a consent usually Microsoft's, not the user's
  std::optional<AppId>
      app_id;  // additionalDetails AppId: of the client, or of the resource in grant events
  std::vector<AuditTarget> targets;
  friend bool operator==(const AuditEvent&, const AuditEvent&) = default;
};

// Of a sign-in that failed, the log does not say with which error.
inline constexpr std::int64_t error_unknown = -1;

// One record of /auditLogs/signIns. v1.0 has interactive ones only, and none of the members marked
// beta. Exports that repeat one (user, app, address) all day keep the first of each day.
struct SignIn {
  RecordId id;
  Time time;
  AppId app_id;
  UserId user;
  std::optional<std::string> user_principal_name;
  std::optional<std::string> app_name;
  std::optional<std::string> ip_address;
  std::optional<std::string> client_app_used;  // "Mobile Apps and Desktop clients", "IMAP4"…
  std::optional<std::int64_t> error_code;      // 0 is success; error_unknown
  std::optional<std::string> country;          // ISO 3166 code of two letters
  std::optional<std::string> city;
  std::optional<AppId> resource;
  std::optional<std::string> risk_level;  // none, low, medium, high, hidden (no P2 licence)
  std::optional<std::string> risk_state;  // none, atRisk, confirmedCompromised, remediated…
  std::optional<bool> is_interactive;
  std::optional<std::string> user_agent;  // beta
  std::optional<std::int64_t> as_number;  // beta: autonomousSystemNumber
  std::optional<std::string> protocol;    // beta: authenticationProtocol: deviceCode, ropc…
  std::optional<TenantId> app_owner;      // beta: appOwnerTenantId
  friend bool operator==(const SignIn&, const SignIn&) = default;
};

// From where a user signed in to anything at all: what is usual for him. Readers that keep only
// the sign-ins of a case keep this of all.
struct UserCountry {
  UserId user;
  std::string country;
  Time first;
  Time last;
  friend bool operator==(const UserCountry&, const UserCountry&) = default;
};

// MailItemsAccessed records of one (mailbox, client, address, client info, day) together. Source:
// the Unified Audit Log only.
struct MailAccess {
  RecordId id;  // of the earliest
  Time first;
  Time last;
  std::optional<UserId> user;              // object id, where the record has one
  std::string mailbox;                     // MailboxOwnerUPN, else UserId; lower case
  std::optional<AppId> client_app;         // ClientAppId: the application that read
  std::optional<AppId> app;                // AppId: Graph or EWS when it read through those
  std::optional<std::string> ip_address;   // of Graph's own servers when read through Graph
  std::optional<std::string> client_info;  // ClientInfoString
  std::uint64_t records = 1;
  std::uint64_t items = 0;  // messages named in Bind records; OperationCount where there is one
  std::uint64_t syncs = 0;  // records of MailAccessType Sync: whole folders
  bool throttled = false;   // IsThrottled: there was more than the log holds
  friend bool operator==(const MailAccess&, const MailAccess&) = default;
};

enum class MailboxChangeKind : std::uint8_t { inbox_rule, forwarding };

// New-InboxRule, Set-InboxRule, UpdateInboxRules, Set-Mailbox with forwarding. Source: the Unified
// Audit Log only.
struct MailboxChange {
  RecordId id;
  Time time;
  MailboxChangeKind kind = MailboxChangeKind::inbox_rule;
  std::string operation;
  std::optional<UserId> user;
  std::string mailbox;  // user principal name, lower case
  std::optional<AppId> client_app;
  std::optional<std::string> ip_address;
  std::optional<std::string> rule_name;
  bool forwards = false;  // ForwardTo, RedirectTo, ForwardAsAttachmentTo, ForwardingSmtpAddress…
  bool hides = false;     // DeleteMessage, MarkAsRead, MoveToFolder (RSS, Archive, Junk…)
  std::vector<std::string> recipients;
  friend bool operator==(const MailboxChange&, const MailboxChange&) = default;
};

// servicePrincipalSignInActivities (beta): when an application was last used.
struct AppActivity {
  AppId app_id;
  std::optional<Time> last_used;  // nullopt: never, as far as Microsoft keeps it
  friend bool operator==(const AppActivity&, const AppActivity&) = default;
};

// Get-OrganizationConfig of Exchange Online: who may use EWS.
struct OrganizationConfig {
  std::optional<bool> ews_enabled;
  std::optional<std::vector<AppId>> ews_allowed;  // EwsAllowedAppIDs
  friend bool operator==(const OrganizationConfig&, const OrganizationConfig&) = default;
};

}  // namespace clawback::domain
