#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "domain/ids.hpp"

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

// One record of /auditLogs/directoryAudits.
struct AuditEvent {
  RecordId id;
  Time time;
  std::string activity;  // activityDisplayName
  AuditResult result = AuditResult::other;
  std::optional<std::string> reason;  // resultReason
  std::optional<std::string> correlation_id;
  std::optional<UserId> actor_user;
  std::optional<std::string> actor_user_principal_name;
  std::optional<AppId> actor_app;
  std::optional<AppId>
      app_id;  // additionalDetails AppId: of the client, or of the resource in grant events
  std::vector<AuditTarget> targets;
  friend bool operator==(const AuditEvent&, const AuditEvent&) = default;
};

// One record of /auditLogs/signIns.
struct SignIn {
  RecordId id;
  Time time;
  AppId app_id;
  UserId user;
  std::optional<std::string> user_principal_name;
  std::optional<std::string> ip_address;
  std::optional<std::string> client_app_used;
  std::optional<std::int64_t> error_code;  // 0 is success
  std::optional<std::string> country;
  friend bool operator==(const SignIn&, const SignIn&) = default;
};

struct AuthorizationPolicy {
  std::vector<std::string> permission_grant_policies_assigned;
  std::optional<bool> allow_user_consent_for_risky_apps;
  friend bool operator==(const AuthorizationPolicy&, const AuthorizationPolicy&) = default;
};

struct PermissionGrantPolicy {
  std::string id;
  std::optional<std::string> display_name;
  friend bool operator==(const PermissionGrantPolicy&, const PermissionGrantPolicy&) = default;
};

}  // namespace clawback::domain
