#pragma once

#include "base/json.hpp"
#include "domain/snapshot.hpp"
#include "evidence/taken.hpp"

// What Microsoft Entra's diagnostic settings write, in its two forms. Both are rewritten into the
// shape of Graph and parsed as that, so that one reader decides what an event says.
//
// 1. Diagnostic records (storage accounts, event hubs): {"time","category","operationName",
//    "properties":{…}}, whose properties are Graph's directoryAudit or signIn.
// 2. Rows of the tables AuditLogs, SigninLogs, AADNonInteractiveUserSignInLogs and OfficeActivity,
//    in PascalCase; dynamic columns are JSON or the text of it, numbers and booleans may be texts
//    (the portal's CSV).
namespace clawback::evidence {

// "category" with "properties", or "TimeGenerated" with what one of the tables has.
bool is_log_analytics(const json::value& record);

// Kinds audit, sign_in (passed over where no user signed in), and for OfficeActivity those of
// take_unified_audit. Other categories and tables are passed over without a kind. Entities that
// know their log have Origin::log_analytics.
Taken take_log_analytics(domain::Snapshot& to, const json::value& record);

// The heading of a column in the portal's CSV without its "[UTC]". Errc::invalid for a time that is
// said to be local: the export does not tell which zone that is.
Result<std::string> column_name(std::string_view heading);

}  // namespace clawback::evidence
