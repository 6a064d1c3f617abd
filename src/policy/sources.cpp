#include "policy/sources.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "domain/snapshot.hpp"

namespace clawback::policy {

const std::vector<SourceInfo>& sources() {
  namespace name = domain::source;
  constexpr std::string_view p1 = "Microsoft Entra ID P1";
  static const std::vector<SourceInfo> table = {
      {name::service_principals, "applications that are present in the tenant",
       "Application.Read.All", "", ""},
      {name::grants, "delegated permissions, per client and user", "Directory.Read.All", "", ""},
      {name::app_roles, "application permissions", "Application.Read.All", "", ""},
      {name::users, "names of the users concerned", "User.Read.All", "", ""},
      {name::audits, "the directory's audit log: consents, grants, credentials, reply URLs",
       "AuditLog.Read.All", "", ""},
      {name::sign_ins, "who signed in where and from where", "AuditLog.Read.All", p1, ""},
      {name::authorization_policy, "what users may consent to", "Policy.Read.All", "", ""},
      {name::permission_grant_policies, "the conditions of consent", "Policy.Read.PermissionGrant",
       "", ""},
      {name::mail_accesses, "which mail was read, when, by which application", "",
       "auditing of mailboxes (MailItemsAccessed)",
       "an export of the Unified Audit Log with MailItemsAccessed: --evidence FILE"},
      {name::mailbox_changes, "inbox rules and forwarding that were made or changed", "", "",
       "an export of the Unified Audit Log with inbox rules: --evidence FILE"},
      {name::app_activities, "when each application was last used", "AuditLog.Read.All", p1, "",
       true},
      {name::organization_config, "Exchange's settings, the EWS allow-list among them", "", "",
       "Get-OrganizationConfig | ConvertTo-Json: --evidence FILE"},
      {name::admin_consent_request_policy, "how users ask an administrator for consent",
       "Policy.Read.All", "", ""},
      {name::conditional_access_policies, "the Conditional Access policies", "Policy.Read.All", p1,
       ""},
      {name::assignments, "users and groups assigned to an application: for remove-assignment",
       "Application.Read.All", "", ""},
      {name::inbox_rules, "rules of an inbox as they are now: for disable-inbox-rule",
       "MailboxSettings.Read", "", ""},
  };
  return table;
}

const SourceInfo* find_source(std::string_view name) {
  const auto& table = sources();
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const SourceInfo& source) { return source.name == name; });
  return found != table.end() ? &*found : nullptr;
}

std::string what_it_takes(const SourceInfo& source) {
  if (source.permission.empty()) return std::string(source.otherwise);
  std::string text = fmt::format("permission {}", source.permission);
  if (source.beta) text += ", beta,";
  if (!source.licence.empty()) text += fmt::format(" and a {} licence", source.licence);
  return text;
}

std::string to_read(std::string_view source) {
  const SourceInfo* info = find_source(source);
  return info != nullptr ? fmt::format("{} ({})", source, what_it_takes(*info))
                         : std::string(source);
}

}  // namespace clawback::policy
