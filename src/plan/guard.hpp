#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/entities.hpp"

namespace clawback::plan {

// Hard guards, compiled in; no policy and no approval lifts them: Microsoft-owned service
// principals (by owner tenant), managed identities, resource APIs, clawback's own identities, and
// applications whose owner is not known. Returns why it is protected, or nullopt. Asked when
// planning and again before sending.
std::optional<std::string> protected_because(const domain::ServicePrincipal& app,
                                             const domain::TenantId& tenant,
                                             const std::vector<std::string>& own_app_ids);

}  // namespace clawback::plan
