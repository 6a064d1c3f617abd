#pragma once

#include "lab/server.hpp"
#include "lab/tenant.hpp"

namespace clawback::lab {

// Gives clawback's two registrations the application permissions that the options name, or those
// that clawback asks for, and chooses who can sign in as an approver.
void install_identities(Tenant& tenant, const Options& options);

}  // namespace clawback::lab
