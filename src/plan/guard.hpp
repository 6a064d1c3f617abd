#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/entities.hpp"
#include "policy/policy.hpp"

namespace clawback::plan {

// Hard guards, compiled in; no policy and no approval lifts them: Microsoft-owned service
// principals (by owner tenant), managed identities, resource APIs, clawback's own identities, and
// applications whose owner is not known. Returns why it is protected, or nullopt. Asked when
// planning and again before sending.
std::optional<std::string> protected_because(const domain::ServicePrincipal& app,
                                             const domain::TenantId& tenant,
                                             const std::vector<std::string>& own_app_ids);

// Why the account of this user is never disabled, or nullopt: the policy protects it, it is
// a break-glass account of the policy's, or an approver's. Asked when planning and again before
// sending.
std::optional<std::string> protected_user(const domain::UserId& user, const policy::Policy& policy,
                                          const std::vector<domain::UserId>& approvers);

}  // namespace clawback::plan
