#pragma once

#include "evidence/taken.hpp"

namespace clawback::evidence {

// One JSON object of any format (an entity of Graph, a record of the Unified Audit Log or a row
// that holds one, a diagnostic record, a row of a Log Analytics table) to at most one entity,
// appended to `to`. Its members decide what it is; `expected` is asked when they do not.
//
// It keeps no state and reads no other entity of `to`, so that parts of a log can be taken in any
// order, each into a snapshot of its own. Cost: linear in the record, a look-up of some ten names
// to tell the format, then the members that its entity needs. A row of Log Analytics is copied
// once, and a record inside a text (AuditData) is parsed once more.
Taken take_record(domain::Snapshot& to, const json::value& record,
                  std::optional<Kind> expected = std::nullopt);

}  // namespace clawback::evidence
