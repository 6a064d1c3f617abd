#pragma once

#include "lab/tenant.hpp"

namespace clawback::lab {

// What a tenant of today starts with: Microsoft's managed consent policies, no request workflow.
void install_policies(Tenant& tenant);

}  // namespace clawback::lab
