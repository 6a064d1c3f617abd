#include "evidence/own_shapes.hpp"

#include <algorithm>

#include "graph/fields.hpp"

namespace clawback::evidence {
namespace {

using graph::lacks;
using graph::text_at;
using graph::time_at;

constexpr std::size_t allowed_max = 10'000;

template <class Name>
std::optional<Name> id_at(const json::value& value, std::string_view key) {
  const std::string_view text = text_at(value, key);
  if (text.empty()) return std::nullopt;
  return Name(graph::lower_guid(text));
}

std::uint64_t count_at(const json::value& value, std::string_view key, std::int64_t otherwise) {
  constexpr std::int64_t most = (std::int64_t{1} << 53U) - 1;
  return static_cast<std::uint64_t>(
      std::clamp<std::int64_t>(int_at(value, key).value_or(otherwise), 0, most));
}

void add_allowed(std::vector<domain::AppId>& to, std::string_view text) {
  constexpr std::string_view between = ", ;\t\r\n{}\"";
  while (to.size() < allowed_max) {
    const std::size_t start = text.find_first_not_of(between);
    if (start == std::string_view::npos) return;
    text.remove_prefix(start);
    const std::size_t end = std::min(text.find_first_of(between), text.size());
    to.emplace_back(graph::lower_guid(text.substr(0, end)));
    text.remove_prefix(end);
  }
}

}  // namespace

Result<domain::MailAccess> parse_own_mail_access(const json::value& value) {
  const auto first = time_at(value, "firstDateTime");
  const auto last = time_at(value, "lastDateTime");
  if (text_at(value, "id").empty()) return lacks("mailAccess", "id");
  if (text_at(value, "mailbox").empty()) return lacks("mailAccess", "mailbox");
  if (!first) return lacks("mailAccess", "firstDateTime");
  if (!last) return lacks("mailAccess", "lastDateTime");
  return domain::MailAccess{.id = domain::RecordId(std::string(text_at(value, "id"))),
                            .first = *first,
                            .last = *last,
                            .user = id_at<domain::UserId>(value, "userId"),
                            .mailbox = std::string(text_at(value, "mailbox")),
                            .client_app = id_at<domain::AppId>(value, "clientAppId"),
                            .app = id_at<domain::AppId>(value, "appId"),
                            .ip_address = string_at(value, "ipAddress"),
                            .client_info = string_at(value, "clientInfoString"),
                            .records = count_at(value, "records", 1),
                            .items = count_at(value, "items", 0),
                            .syncs = count_at(value, "syncs", 0),
                            .throttled = bool_at(value, "throttled").value_or(false)};
}

Result<domain::MailboxChange> parse_own_mailbox_change(const json::value& value) {
  const auto time = time_at(value, "createdDateTime");
  const std::string_view kind = text_at(value, "kind");
  if (text_at(value, "id").empty()) return lacks("mailboxChange", "id");
  if (text_at(value, "mailbox").empty()) return lacks("mailboxChange", "mailbox");
  if (!time) return lacks("mailboxChange", "createdDateTime");
  if (kind != "inboxRule" && kind != "forwarding") return lacks("mailboxChange", "kind");
  domain::MailboxChange out{.id = domain::RecordId(std::string(text_at(value, "id"))),
                            .time = *time,
                            .kind = kind == "forwarding" ? domain::MailboxChangeKind::forwarding
                                                         : domain::MailboxChangeKind::inbox_rule,
                            .operation = std::string(text_at(value, "operation")),
                            .user = id_at<domain::UserId>(value, "userId"),
                            .mailbox = std::string(text_at(value, "mailbox")),
                            .client_app = id_at<domain::AppId>(value, "clientAppId"),
                            .ip_address = string_at(value, "ipAddress"),
                            .rule_name = string_at(value, "ruleName"),
                            .forwards = bool_at(value, "forwards").value_or(false),
                            .hides = bool_at(value, "hides").value_or(false),
                            .recipients = {}};
  if (const json::array* recipients = array_at(value, "recipients")) {
    for (const json::value& one : *recipients) {
      if (one.is_string()) out.recipients.emplace_back(one.get_string());
    }
  }
  return out;
}

Result<domain::UserCountry> parse_user_country(const json::value& value) {
  const auto first = time_at(value, "firstDateTime");
  const auto last = time_at(value, "lastDateTime");
  const auto user = id_at<domain::UserId>(value, "userId");
  if (!user) return lacks("userCountry", "userId");
  if (text_at(value, "country").empty()) return lacks("userCountry", "country");
  if (!first) return lacks("userCountry", "firstDateTime");
  if (!last) return lacks("userCountry", "lastDateTime");
  return domain::UserCountry{.user = *user,
                             .country = std::string(text_at(value, "country")),
                             .first = *first,
                             .last = *last};
}

Result<domain::OrganizationConfig> parse_organization_config(const json::value& value) {
  if (!value.is_object()) return lacks("organizationConfig", "EwsEnabled");
  domain::OrganizationConfig out;
  out.ews_enabled = bool_at(value, "EwsEnabled");
  const json::value* allowed = member(value, "EwsAllowedAppIDs");
  if (allowed == nullptr) return out;
  std::vector<domain::AppId> ids;
  if (allowed->is_string()) {
    add_allowed(ids, allowed->get_string());
  } else if (const json::array* list = allowed->if_array()) {
    for (const json::value& one : *list) {
      if (one.is_string()) add_allowed(ids, one.get_string());
    }
  } else {
    return lacks("organizationConfig", "EwsAllowedAppIDs");
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  out.ews_allowed = std::move(ids);
  return out;
}

}  // namespace clawback::evidence
