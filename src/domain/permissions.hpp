#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "domain/entities.hpp"
#include "domain/finding.hpp"

// What a scope or app role lets an application do to a mailbox. Source: Microsoft's permissions
// reference, and the Exchange Online scopes that IMAP, POP, SMTP, EWS and EAS clients ask for.
namespace clawback::domain {

struct MailReach {
  bool read = false;
  bool write = false;
  bool send = false;
  bool exports = false;
  [[nodiscard]] bool any() const { return read || write || send || exports; }
  friend bool operator==(const MailReach&, const MailReach&) = default;
};

// Delegated scope value, compared without case; scopes that reach no mail give none.
MailReach mail_reach_of_scope(std::string_view scope);
// Application permission value, e.g. Mail.Read, full_access_as_app.
MailReach mail_reach_of_app_role(std::string_view value);
MailReach operator|(const MailReach& a, const MailReach& b);

// appIds of the resources whose scopes and roles reach mail: Microsoft Graph, Office 365 Exchange
// Online, Azure AD Graph (legacy), Office 365 Management APIs.
const std::vector<AppId>& mail_resources();
bool is_resource_api(const AppId& app);

// Owner tenants of Microsoft's own applications. The consumer tenant 9188040d-… is not one of them:
// third parties register there.
bool is_microsoft_tenant(const TenantId& owner);
Ownership ownership_of(const ServicePrincipal& app, const TenantId& own_tenant);

}  // namespace clawback::domain
