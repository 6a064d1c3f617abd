#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "evidence/csv.hpp"

// Rows of the CSV exports that clawback knows, as objects for take_record.
namespace clawback::evidence {

// The columns of Purview's export ("AuditData" among them) or of a Log Analytics table
// ("TimeGenerated"), by the names that records have; empty for any other table. Errc::invalid for
// times of an unknown zone.
Result<std::vector<std::string>> record_columns(const std::vector<std::string>& heading);

// AuditData decides what Purview's row says; the other columns repeat what is in it. The bytes of a
// CSV were never parsed as JSON: what is not UTF-8 becomes U+FFFD here.
json::value record_of(const CsvRow& row, const std::vector<std::string>& columns);

}  // namespace clawback::evidence
