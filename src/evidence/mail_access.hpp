#pragma once

#include <vector>

#include "domain/entities.hpp"

namespace clawback::evidence {

// One row for each (mailbox, client application, application, address, client info, day in UTC),
// sorted by (first, id, mailbox). Records repeated in an export are counted once: of single records
// (records == 1) with the same id, one stays; a single record that has the id of a row made of
// several is taken as already in it, and of two such rows with the same id and key the one of more
// records stays. Counts stop at what JSON can say.
//
// May be called again with its own result and more: for a log that is read in parts. A row keeps
// the id of its earliest record only, so who calls it so removes ids that repeat across calls
// himself.
std::vector<domain::MailAccess> merge_mail_accesses(std::vector<domain::MailAccess> rows);

}  // namespace clawback::evidence
