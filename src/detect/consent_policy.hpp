#pragma once

#include "detect/consent.hpp"

namespace clawback::detect {

// What one consent policy, by its id in lower case, says of one permission for one application.
ConsentAnswer by_policy(const ConsentFacts& facts, const domain::ServicePrincipal& app,
                        const std::string& id, const Permission& wanted);

}  // namespace clawback::detect
