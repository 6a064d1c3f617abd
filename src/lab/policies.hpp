#pragma once

#include "lab/tenant.hpp"

namespace clawback::lab {

// What a tenant of today starts with: Microsoft's managed consent policies, no request workflow.
void install_policies(Tenant& tenant);

// Nested objects are merged member by member; everything else, arrays too, is replaced as a whole.
void merge(json::object& into, const json::object& from);

}  // namespace clawback::lab
