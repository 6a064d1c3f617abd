#pragma once

#include "detect/case.hpp"
#include "domain/finding.hpp"

namespace clawback::detect {

// What was done with the access: mailboxes that the application read, how soon after the consent of
// who read, and the inbox rules and forwarding that its users got after they let it in. Source:
// MailItemsAccessed and mailbox records of the Unified Audit Log; reads through EWS may hide the
// application, and then nobody knows all of it.
domain::BlastRadius blast_radius(const Case& subject);

}  // namespace clawback::detect
