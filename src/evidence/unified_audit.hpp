#pragma once

#include "base/json.hpp"
#include "domain/snapshot.hpp"
#include "evidence/taken.hpp"

// Records of the Unified Audit Log: what the Management Activity API serves and what Purview writes
// into the column AuditData. Everything is found by name. Source: reference notes on the log, 2.2.
//
// Directory operations become the AuditEvent that Graph would give: the activity as
// graph::activity_name spells it (no final dot, "-" for a dash), the same property names and
// targets, values through graph::audit_value. What differs and can't be helped: the record id, and
// an address, which this log has where Graph's has Microsoft's.
namespace clawback::evidence {

// "Operation" with "CreationTime" and "Workload" or "RecordType".
bool is_unified_audit(const json::value& record);

// A row of Search-UnifiedAuditLog or of Graph's audit log queries holds the record in "AuditData"
// or "auditData", as text or object; nullptr if it holds none.
const json::value* audit_data_of(const json::value& row);

// One record to at most one entity. Kinds: directory operations audit; UserLoggedIn and
// UserLoginFailed sign_in (passed over without a user or an application); MailItemsAccessed
// mail_access; New-InboxRule, Set-InboxRule, UpdateInboxRules and Set-Mailbox with a forwarding
// address mailbox_change (passed over when the command failed or removed a rule). Everything else
// in the log is passed over without a kind: a mailbox record of another operation does not prove
// that reads or rules were exported. A failed sign-in without an error number has
// domain::error_unknown.
Taken take_unified_audit(domain::Snapshot& to, const json::value& record,
                         domain::Origin origin = domain::Origin::unified_audit);

// The parts of it; Errc::protocol names the member that is missing.
Result<domain::AuditEvent> parse_directory_operation(const json::value& record);
Result<domain::SignIn> parse_logon(const json::value& record);
Result<domain::MailAccess> parse_mail_access(const json::value& record);
// nullopt: it changes nothing that matters.
Result<std::optional<domain::MailboxChange>> parse_mailbox_change(const json::value& record);

}  // namespace clawback::evidence
