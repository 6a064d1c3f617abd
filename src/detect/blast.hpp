#pragma once

#include "detect/case.hpp"
#include "domain/finding.hpp"

namespace clawback::detect {

// What was done with the access: mailboxes that the application read, how soon after a consent, and
// the inbox rules and forwarding that its users got afterwards. Source: MailItemsAccessed and
// mailbox records of the Unified Audit Log; reads through EWS may hide the application.
domain::BlastRadius blast_radius(const Case& subject);

// The last successful consent or grant at or before a moment; nullptr if the log has none.
const Happening* consent_before(const Case& subject, Time moment);

}  // namespace clawback::detect
