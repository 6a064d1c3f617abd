#pragma once

#include "base/json.hpp"
#include "domain/entities.hpp"

// Entities that no answer of Graph holds, in the shapes that files.hpp documents. Errc::protocol
// names the member that is missing.
namespace clawback::evidence {

Result<domain::MailAccess> parse_own_mail_access(const json::value& value);
Result<domain::MailboxChange> parse_own_mailbox_change(const json::value& value);
Result<domain::UserCountry> parse_user_country(const json::value& value);
// Get-OrganizationConfig | ConvertTo-Json: EwsEnabled, and EwsAllowedAppIDs as an array or as one
// text with commas (an empty one: no application is allowed). null is not configured: nullopt.
Result<domain::OrganizationConfig> parse_organization_config(const json::value& value);

}  // namespace clawback::evidence
