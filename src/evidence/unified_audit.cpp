#include "evidence/unified_audit.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "evidence/log_fields.hpp"
#include "graph/fields.hpp"

namespace clawback::evidence {
namespace {

using graph::text_at;

constexpr std::string_view mailbox_operations[] = {"New-InboxRule", "Set-InboxRule",
                                                   "UpdateInboxRules", "Set-Mailbox"};

template <class Record>
Taken put(std::vector<Record>& to, Kind kind, std::optional<Time> time, Result<Record> record) {
  if (!record) return refused(kind, record.error().message);
  to.push_back(std::move(*record));
  return {.fate = Fate::added, .kind = kind, .time = time, .why = {}};
}

// Of users: Type 0 is the object id at a sign-in. Several texts may be no GUID.
std::string_view guid_in(const json::value& record, std::string_view list) {
  const json::array* entries = array_at(record, list);
  if (entries == nullptr) return {};
  for (const json::value& entry : *entries) {
    const std::string_view id = text_at(entry, "ID");
    if (is_guid(id)) return id;
  }
  return {};
}

std::string user_of_logon(const json::value& record) {
  const std::string_view actor = guid_in(record, "Actor");
  const std::string_view key = text_at(record, "UserKey");
  return graph::lower_guid(actor.empty() && is_guid(key) ? key : actor);
}

Taken take_logon(domain::Snapshot& to, const json::value& record, std::optional<Time> time) {
  if (text_at(record, "ApplicationId").empty() || user_of_logon(record).empty()) {
    return passed_over(Kind::sign_in, time);
  }
  return put(to.sign_ins, Kind::sign_in, time, parse_logon(record));
}

Taken take_mailbox_change(domain::Snapshot& to, const json::value& record,
                          std::optional<Time> time) {
  auto change = parse_mailbox_change(record);
  if (!change) return refused(Kind::mailbox_change, change.error().message);
  if (!*change) {
    const bool of_rules = text_at(record, "Operation") != "Set-Mailbox";
    return passed_over(of_rules ? std::optional(Kind::mailbox_change) : std::nullopt, time);
  }
  to.mailbox_changes.push_back(std::move(**change));
  return {.fate = Fate::added, .kind = Kind::mailbox_change, .time = time, .why = {}};
}

}  // namespace

bool is_unified_audit(const json::value& record) {
  return !text_at(record, "Operation").empty() && member(record, "CreationTime") != nullptr &&
         (member(record, "Workload") != nullptr || member(record, "RecordType") != nullptr);
}

const json::value* audit_data_of(const json::value& row) {
  const json::value* found = member(row, "AuditData");
  if (found == nullptr) found = member(row, "auditData");
  if (found == nullptr || !(found->is_string() || found->is_object())) return nullptr;
  return found;
}

Result<domain::SignIn> parse_logon(const json::value& record) {
  const std::string_view id = text_at(record, "Id");
  const std::string_view app = text_at(record, "ApplicationId");
  const auto time = log_time(text_at(record, "CreationTime"));
  const std::string user = user_of_logon(record);
  if (id.empty()) return graph::lacks("sign-in", "Id");
  if (!time) return graph::lacks("sign-in", "CreationTime");
  if (app.empty()) return graph::lacks("sign-in", "ApplicationId");
  if (user.empty()) return graph::lacks("sign-in", "Actor");
  domain::SignIn out;
  out.id = domain::RecordId(std::string(id));
  out.time = *time;
  out.app_id = domain::AppId(graph::lower_guid(app));
  out.user = domain::UserId(user);
  const std::string_view name = text_at(record, "UserId");
  if (name.find('@') != std::string_view::npos) out.user_principal_name = std::string(name);
  out.ip_address = log_address(text_at(record, "ClientIP"));
  if (!out.ip_address) out.ip_address = log_address(text_at(record, "ActorIpAddress"));
  const bool failed = text_at(record, "Operation") == "UserLoginFailed";
  out.error_code = log_number(record, "ErrorNumber");
  if (out.error_code && (*out.error_code < 0 || *out.error_code > 0x7FFFFFFF)) {
    out.error_code = std::nullopt;
  }
  if (failed && out.error_code.value_or(0) == 0) out.error_code = domain::error_unknown;
  if (!out.error_code) out.error_code = 0;
  std::string_view resource = text_at(record, "ObjectId");
  if (!is_guid(resource)) resource = guid_in(record, "Target");
  if (!resource.empty()) out.resource = domain::AppId(graph::lower_guid(resource));
  const std::string_view agent = named_value(record, "ExtendedProperties", "UserAgent");
  if (!agent.empty()) out.user_agent = std::string(agent);
  return out;
}

Taken take_unified_audit(domain::Snapshot& to, const json::value& record, domain::Origin origin) {
  const std::string_view operation = text_at(record, "Operation");
  const auto time = log_time(text_at(record, "CreationTime"));
  if (operation == "UserLoggedIn" || operation == "UserLoginFailed") {
    return take_logon(to, record, time);
  }
  if (text_at(record, "Workload") == "AzureActiveDirectory") {
    Taken taken = put(to.audits, Kind::audit, time, parse_directory_operation(record));
    if (taken.fate == Fate::added) to.audits.back().origin = origin;
    return taken;
  }
  if (operation == "MailItemsAccessed") {
    return put(to.mail_accesses, Kind::mail_access, time, parse_mail_access(record));
  }
  if (std::find(std::begin(mailbox_operations), std::end(mailbox_operations), operation) !=
      std::end(mailbox_operations)) {
    return take_mailbox_change(to, record, time);
  }
  return passed_over(std::nullopt, time);
}

}  // namespace clawback::evidence
