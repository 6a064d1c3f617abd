#include <algorithm>

#include "base/digest.hpp"
#include "evidence/log_fields.hpp"
#include "evidence/unified_audit.hpp"
#include "graph/fields.hpp"

namespace clawback::evidence {
namespace {

using graph::text_at;

constexpr std::size_t recipients_max = 100;
constexpr std::size_t recipient_bytes_max = 320;
// So that counts add up over any log without leaving what JSON can say.
constexpr std::int64_t count_max = 1'000'000'000;

constexpr std::string_view forwarding[] = {"ForwardingSmtpAddress", "ForwardingAddress"};
constexpr std::string_view sending[] = {"ForwardTo", "RedirectTo", "ForwardAsAttachmentTo",
                                        "ForwardingSmtpAddress", "ForwardingAddress"};
constexpr std::string_view hiding_places[] = {"rss",   "archive",     "junk",
                                              "trash", "deleted",     "conversation history",
                                              "notes", "sync issues", "conflicts"};

std::optional<domain::AppId> app_at(const json::value& record, std::string_view key) {
  const std::string_view text = text_at(record, key);
  if (text.empty()) return std::nullopt;
  return domain::AppId(graph::lower_guid(text));
}

std::optional<domain::AppId> client_of(const json::value& record) {
  auto app = app_at(record, "ClientAppId");
  const json::value* context = member(record, "AppAccessContext");
  if (!app && context != nullptr) app = app_at(*context, "ClientAppId");
  return app;
}

std::optional<domain::UserId> user_of(const json::value& record) {
  std::string_view id;
  if (const json::value* context = member(record, "AppAccessContext")) {
    id = text_at(*context, "UserObjectId");
  }
  if (id.empty()) id = text_at(record, "UserKey");
  if (!is_guid(id)) return std::nullopt;
  return domain::UserId(graph::lower_guid(id));
}

std::optional<std::string> address_of(const json::value& record) {
  auto address = log_address(text_at(record, "ClientIPAddress"));
  return address ? address : log_address(text_at(record, "ClientIP"));
}

std::string mailbox_of(const json::value& record) {
  const std::string_view owner = text_at(record, "MailboxOwnerUPN");
  return to_lower(owner.empty() ? text_at(record, "UserId") : owner);
}

std::uint64_t items_of(const json::value& record) {
  if (const auto count = log_number(record, "OperationCount")) {
    return static_cast<std::uint64_t>(std::clamp<std::int64_t>(*count, 0, count_max));
  }
  std::uint64_t items = 0;
  const json::array* folders = array_at(record, "Folders");
  if (folders == nullptr) return 0;
  for (const json::value& folder : *folders) {
    if (const json::array* of = array_at(folder, "FolderItems")) items += of->size();
  }
  return items;
}

bool is_set(std::string_view value) {
  const std::string text = to_lower(value);
  return !text.empty() && text != "$null" && text != "false" && text != "[]" && text != "{}";
}

bool hides_in(std::string_view folder) {
  const std::string name = to_lower(folder.substr(0, 1024));
  return std::any_of(std::begin(hiding_places), std::end(hiding_places),
                     [&](std::string_view place) { return name.find(place) != std::string::npos; });
}

// "smtp:a@b", "Ada [SMTP:a@b]", "a@b;c@d".
void add_recipients(std::vector<std::string>& to, std::string_view text) {
  constexpr std::string_view bracket = "[smtp:";
  constexpr std::string_view prefix = "smtp:";
  while (!text.empty() && to.size() < recipients_max) {
    const std::size_t end = std::min(text.find_first_of(";,"), text.size());
    std::string one = to_lower(text.substr(0, std::min(end, recipient_bytes_max)));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t inner = one.find(bracket);
    if (inner != std::string::npos) {
      one = one.substr(inner + bracket.size());
      one.resize(std::min(one.find(']'), one.size()));
    }
    one.erase(0, std::min(one.find_first_not_of(" \t\""), one.size()));
    if (one.starts_with(prefix)) one.erase(0, prefix.size());
    one.resize(one.find_last_not_of(" \t\"") + 1);
    if (!one.empty()) to.push_back(std::move(one));
  }
}

bool is_address(std::string_view text) { return text.find('@') != std::string_view::npos; }

// A cmdlet may name the mailbox by its address, or by an alias, a GUID or a distinguished name:
// then only who acted can be matched with a user. Who changes the mailbox of another address is not
// its user, unless the record says that it is his.
void set_mailbox(const json::value& record, std::string_view named, domain::MailboxChange& out) {
  if (named.empty() || (!is_address(named) && is_address(out.mailbox))) return;
  const std::string actor = to_lower(text_at(record, "UserId"));
  out.mailbox = to_lower(named);
  if (!is_address(out.mailbox) || !is_address(actor) || actor == out.mailbox) return;
  if (to_lower(text_at(record, "MailboxOwnerUPN")) != actor) out.user = std::nullopt;
}

// The parameters of a cmdlet: New-InboxRule, Set-InboxRule, Set-Mailbox.
void read_parameters(const json::value& record, domain::MailboxChange& out) {
  for (const std::string_view name : sending) {
    const std::string_view value = named_value(record, "Parameters", name);
    if (!is_set(value)) continue;
    out.forwards = true;
    add_recipients(out.recipients, value);
  }
  const auto set = [&](std::string_view name) {
    return is_set(named_value(record, "Parameters", name));
  };
  out.hides = set("DeleteMessage") || set("SoftDeleteMessage") || set("MarkAsRead") ||
              hides_in(named_value(record, "Parameters", "MoveToFolder"));
  std::string_view name = named_value(record, "Parameters", "Name");
  if (name.empty() && out.kind == domain::MailboxChangeKind::inbox_rule) {
    name = text_at(record, "ObjectId");
    const std::size_t slash = name.rfind('\\');
    name = slash == std::string_view::npos ? std::string_view{} : name.substr(slash + 1);
  }
  if (!name.empty()) out.rule_name = std::string(name);
  std::string_view mailbox = named_value(record, "Parameters", "Mailbox");
  if (out.kind == domain::MailboxChangeKind::forwarding) {
    mailbox = named_value(record, "Parameters", "Identity");
  }
  set_mailbox(record, mailbox, out);
}

// What Outlook sends: the actions are a JSON text.
void read_actions(const json::value& record, domain::MailboxChange& out) {
  const std::string_view name = named_value(record, "OperationProperties", "RuleName");
  if (!name.empty()) out.rule_name = std::string(name);
  const json::value actions =
      decoded(json::value(named_value(record, "OperationProperties", "RuleActions")));
  const json::array* list = actions.if_array();
  if (list == nullptr) return;
  for (const json::value& action : *list) {
    const std::string type = to_lower(text_at(action, "ActionType"));
    if (type.find("forward") != std::string::npos || type.find("redirect") != std::string::npos) {
      out.forwards = true;
      const json::array* recipients = array_at(action, "Recipients");
      if (recipients == nullptr) continue;
      for (const json::value& one : *recipients) {
        if (one.is_string()) add_recipients(out.recipients, one.get_string());
      }
    }
    out.hides = out.hides || type.find("delete") != std::string::npos ||
                type.find("markasread") != std::string::npos ||
                hides_in(text_at(action, "FolderName"));
  }
}

bool changes_nothing(const json::value& record) {
  const std::string status = to_lower(text_at(record, "ResultStatus"));
  if (status == "false" || status == "failed" || status == "failure") return true;
  const std::string_view operation = text_at(record, "Operation");
  if (operation == "UpdateInboxRules") {
    const std::string_view what = named_value(record, "OperationProperties", "RuleOperation");
    return what.starts_with("Remove") || what.starts_with("Disable");
  }
  if (operation != "Set-Mailbox") return false;
  const json::array* parameters = array_at(record, "Parameters");
  if (parameters == nullptr) return true;
  return std::none_of(parameters->begin(), parameters->end(), [](const json::value& one) {
    return std::find(std::begin(forwarding), std::end(forwarding), text_at(one, "Name")) !=
           std::end(forwarding);
  });
}

}  // namespace

Result<domain::MailAccess> parse_mail_access(const json::value& record) {
  const std::string_view id = text_at(record, "Id");
  const auto time = log_time(text_at(record, "CreationTime"));
  domain::MailAccess out;
  out.mailbox = mailbox_of(record);
  if (id.empty()) return graph::lacks("MailItemsAccessed", "Id");
  if (!time) return graph::lacks("MailItemsAccessed", "CreationTime");
  if (out.mailbox.empty()) return graph::lacks("MailItemsAccessed", "MailboxOwnerUPN");
  out.id = domain::RecordId(std::string(id));
  out.first = out.last = *time;
  out.user = user_of(record);
  out.client_app = client_of(record);
  out.app = app_at(record, "AppId");
  out.ip_address = address_of(record);
  const std::string_view info = text_at(record, "ClientInfoString");
  if (!info.empty()) out.client_info = std::string(info);
  const bool sync = named_value(record, "OperationProperties", "MailAccessType") == "Sync";
  out.syncs = sync ? 1 : 0;
  out.items = sync ? 0 : items_of(record);
  out.throttled = to_lower(named_value(record, "OperationProperties", "IsThrottled")) == "true";
  return out;
}

Result<std::optional<domain::MailboxChange>> parse_mailbox_change(const json::value& record) {
  if (changes_nothing(record)) return std::optional<domain::MailboxChange>();
  const std::string_view id = text_at(record, "Id");
  const std::string_view operation = text_at(record, "Operation");
  const auto time = log_time(text_at(record, "CreationTime"));
  if (id.empty()) return graph::lacks("mailbox change", "Id");
  if (!time) return graph::lacks("mailbox change", "CreationTime");
  domain::MailboxChange out;
  out.id = domain::RecordId(std::string(id));
  out.time = *time;
  out.kind = operation == "Set-Mailbox" ? domain::MailboxChangeKind::forwarding
                                        : domain::MailboxChangeKind::inbox_rule;
  out.operation = std::string(operation);
  out.user = user_of(record);
  out.mailbox = mailbox_of(record);
  out.client_app = client_of(record);
  if (!out.client_app) out.client_app = app_at(record, "AppId");
  out.ip_address = address_of(record);
  read_parameters(record, out);
  if (operation == "UpdateInboxRules") read_actions(record, out);
  if (out.mailbox.empty()) return graph::lacks("mailbox change", "UserId");
  std::sort(out.recipients.begin(), out.recipients.end());
  out.recipients.erase(std::unique(out.recipients.begin(), out.recipients.end()),
                       out.recipients.end());
  return std::optional(std::move(out));
}

}  // namespace clawback::evidence
