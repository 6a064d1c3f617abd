#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "base/time.hpp"
#include "lab/random.hpp"
#include "lab/tenant.hpp"

// Records of /auditLogs/directoryAudits in the shape that live tenants write.
namespace clawback::lab {

// Who did it: a person at the consent page (then the record names the token service, and a
// Microsoft address), or an application through Graph.
struct Actor {
  std::string user_id{};  // empty: an application
  std::string user_principal_name{};
  bool through_consent_page = true;
  std::string app_id{};
  std::string app_name{};
  std::string service_principal_id{};
};

struct Happening {
  Time time{};
  Actor actor{};
  std::string correlation_id{};
};

struct AuditChange {
  std::string name{};
  std::optional<std::string> before{};  // already JSON text: values are JSON inside JSON
  std::optional<std::string> after{};
};

struct AuditTarget {
  std::string id{};
  std::optional<std::string> name{};
  std::string type = "ServicePrincipal";
  std::vector<AuditChange> changes{};
};

struct AuditRecord {
  Happening happening{};
  std::string activity{};
  std::string category = "ApplicationManagement";
  std::string operation{};  // Assign, Unassign, Add, Update, Delete
  std::string result = "success";
  std::string reason{};
  std::vector<AuditTarget> targets{};
  std::vector<std::pair<std::string, std::string>> details{};
};

json::value to_json(const AuditRecord& record, Random& random);

std::string quoted(std::string_view text);       // "\"text\""
std::string in_brackets(std::string_view json);  // "[json]"

// The application `id` with a user or app at work on it, for the builders below.
const ServicePrincipal& app_of(const Tenant& tenant, const std::string& id);

AuditRecord added_service_principal(const Happening& happening, const ServicePrincipal& app);
AuditRecord removed_service_principal(const Happening& happening, const ServicePrincipal& app);
AuditRecord switched_service_principal(const Happening& happening, const ServicePrincipal& app,
                                       bool enabled_before);

struct ScopeChange {
  std::string before{};  // empty: there was no grant
  std::string after{};   // empty: there is none any more
};
// `added`: "Add delegated permission grant", else "Remove delegated permission grant".
AuditRecord changed_grant(const Happening& happening, const Tenant& tenant, const Grant& grant,
                          const ScopeChange& scopes, bool added);

AuditRecord changed_app_role(const Happening& happening, const Tenant& tenant,
                             const RoleAssignment& assignment, bool added);
AuditRecord assigned_user(const Happening& happening, const Tenant& tenant,
                          const RoleAssignment& assignment);
AuditRecord revoked_sessions(const Happening& happening, const User& user, Time before);
AuditRecord switched_user(const Happening& happening, const User& user);
AuditRecord changed_authorization_policy(const Happening& happening, const json::value& before,
                                         const json::value& after);

}  // namespace clawback::lab
