#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/json.hpp"
#include "domain/snapshot.hpp"

namespace clawback::evidence {

// What a record is of; in the order of coverage.
enum class Kind : std::uint8_t {
  service_principal,
  grant,
  app_role,
  user,
  audit,
  sign_in,
  authorization_policy,
  permission_grant_policy,
  mail_access,
  mailbox_change,
  app_activity,
  organization_config,
  admin_consent_request_policy,
  conditional_access_policy,
};
inline constexpr std::array all_kinds = {Kind::service_principal,
                                         Kind::grant,
                                         Kind::app_role,
                                         Kind::user,
                                         Kind::audit,
                                         Kind::sign_in,
                                         Kind::authorization_policy,
                                         Kind::permission_grant_policy,
                                         Kind::mail_access,
                                         Kind::mailbox_change,
                                         Kind::app_activity,
                                         Kind::organization_config,
                                         Kind::admin_consent_request_policy,
                                         Kind::conditional_access_policy};

std::string_view source_of(Kind kind);
// One object, not a list of them.
bool is_single(Kind kind);
// Not mentioned in coverage unless it was met: only a policy with actions on it asks for it.
bool is_on_demand(Kind kind);

// By the members that only this kind of object has; nullopt if it is none that clawback knows.
std::optional<Kind> kind_of(const json::value& record);
// From "@odata.context", e.g.
// "https://graph.microsoft.com/v1.0/$metadata#servicePrincipals(id,appId)".
std::optional<Kind> kind_of_context(std::string_view context);

// Parses a record and adds it to the snapshot. Assignments of users and groups are passed over:
// only applications hold application permissions.
Result<void> add_record(domain::Snapshot& to, Kind kind, const json::value& record);

// Gives assignments their role's name where the resource's roles are known.
void name_app_roles(domain::Snapshot& snapshot);

}  // namespace clawback::evidence
