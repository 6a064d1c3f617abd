#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/time.hpp"

// The simulated tenant's own state. It shares no entity code with clawback::graph: a mistake on one
// side must not hide behind the same mistake on the other.
namespace clawback::lab {

struct Grant {
  std::string id{};  // derived: base64url of little-endian GUIDs client, resource[, principal]
  std::string client_id{};
  std::string resource_id{};
  std::string principal_id{};  // empty: AllPrincipals
  std::string scope{};         // as stored: may start with a blank, order not sorted
};

struct RoleAssignment {
  std::string id{};
  std::string principal_id{};
  std::string principal_type{};  // ServicePrincipal or User
  std::string resource_id{};
  std::string role_id{};
  Time created{};
};

struct ServicePrincipal {
  std::string id{};
  std::string app_id{};
  std::string display_name{};
  std::string owner_tenant{};
  std::string type = "Application";
  bool account_enabled = true;
  json::value
      body{};  // other properties as Graph prints them; one that is missing has Graph's default
};

// messageRule of an inbox.
struct MessageRule {
  std::string id{};  // base64 with its padding, as Exchange has it
  std::string name{};
  bool enabled = true;
  bool read_only = false;
  json::value actions{};  // messageRuleActions
};

struct User {
  std::string id{};
  std::string user_principal_name{};
  std::string display_name{};
  std::string type = "Member";
  bool account_enabled = true;
  Time sessions_valid_from{};
  std::vector<MessageRule> rules{};  // of the inbox
  int revocations = 0;               // how often revokeSignInSessions took effect, for tests
};

// What was planted on purpose; tests and the demo compare clawback's answer with this.
struct Planted {
  // "em-client", "perfectdata", "lookalike", "first-party", "tenant-wide", "app-role", "in-house",
  // "registered-here" (made, given a secret and consented to within minutes; the tenant's own),
  // "benign-thunderbird", "benign-crm", "benign-calendar", "benign-hostile-name"
  std::string label{};
  std::string app_id{};
  std::string service_principal_id{};
  bool abused = false;
  std::vector<std::string> user_ids{};
  std::vector<std::string> grant_ids{};
  std::vector<std::string> assignment_ids{};  // app roles that it holds
};

struct TenantSpec {
  std::uint64_t seed = 1;
  std::size_t users = 60;
  std::size_t service_principals = 40;  // besides Microsoft's resources and the planted cases
  std::size_t grants = 120;             // benign ones, besides those of the planted cases
  bool planted = true;
  bool premium = true;  // Entra ID P1: sign-in logs can be read
  Time now{};           // events are planted relative to this; default: the system's clock
  std::string name = "contoso";
};

struct Tenant {
  std::string id{};
  std::string name{};
  std::string domain{};          // "<name>.onmicrosoft.com"
  std::string read_client_id{};  // clawback's own two registrations
  std::string write_client_id{};
  std::string approve_client_id{};       // the registration that approvers sign in with: public
  std::vector<std::string> approvers{};  // users that the lab registers as approvers, by id
  bool premium = true;
  std::map<std::string, ServicePrincipal> service_principals{};  // by object id
  std::map<std::string, Grant> grants{};                         // by id
  std::map<std::string, RoleAssignment> role_assignments{};      // by id
  std::map<std::string, User> users{};                           // by id
  std::vector<json::value> directory_audits{};                   // newest first
  std::vector<json::value> sign_ins{};                           // of v1.0, newest first
  std::vector<json::value> beta_sign_ins{};   // the same and the non-interactive ones
  std::vector<json::value> app_activities{};  // servicePrincipalSignInActivities, by app id
  json::value authorization_policy{};
  std::vector<json::value> permission_grant_policies{};
  json::value admin_consent_request_policy{};
  std::vector<json::value> conditional_access_policies{};
  std::vector<Planted> planted{};
};

// Seeded: the same spec gives the same tenant.
Tenant make_tenant(const TenantSpec& spec);

// A digest over everything that clawback could change (accounts enabled, grants, roles, policies),
// not over timestamps: two tenants with the same digest are in the same state.
std::string state_digest(const Tenant& tenant);

std::string grant_id(const std::string& client_id, const std::string& resource_id,
                     const std::string& principal_id);

}  // namespace clawback::lab
