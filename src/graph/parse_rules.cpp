#include <algorithm>
#include <array>

#include "base/digest.hpp"
#include "graph/fields.hpp"
#include "graph/parse.hpp"

// Source: Microsoft Graph messageRule, messageRuleActions.
namespace clawback::graph {
namespace {

constexpr std::size_t recipients_max = 200;

// Folders in which nobody looks, as Graph's well-known names and as Outlook calls them.
constexpr std::array<std::string_view, 9> out_of_sight = {
    "archive",   "conversationhistory",       "deleteditems",
    "junkemail", "recoverableitemsdeletions", "rssfeeds",
    "rss feeds", "rss subscriptions",         "syncissues"};

bool is_true(const json::value& actions, std::string_view key) {
  return bool_at(actions, key) == true;
}

// emailAddress.address of each; whether there was any, even one without an address.
bool add_recipients(std::vector<std::string>& to, const json::value& actions,
                    std::string_view key) {
  const json::array* list = array_at(actions, key);
  if (list == nullptr) return false;
  for (const json::value& one : *list) {
    const json::value* address = member(one, "emailAddress");
    if (address == nullptr || to.size() >= recipients_max) continue;
    const std::string_view text = text_at(*address, "address");
    if (!text.empty()) to.push_back(to_lower(text));
  }
  return !list->empty();
}

}  // namespace

Result<domain::InboxRule> parse_inbox_rule(const json::value& value) {
  const std::string_view id = text_at(value, "id");
  if (id.empty()) return lacks("messageRule", "id");
  domain::InboxRule out;
  out.id = id;
  out.name = string_at(value, "displayName");
  out.enabled = bool_at(value, "isEnabled");
  out.read_only = is_true(value, "isReadOnly");
  const json::value* actions = member(value, "actions");
  if (actions == nullptr || !actions->is_object()) return out;
  for (const std::string_view key : {"forwardTo", "redirectTo", "forwardAsAttachmentTo"}) {
    if (add_recipients(out.recipients, *actions, key)) out.forwards = true;
  }
  std::sort(out.recipients.begin(), out.recipients.end());
  out.recipients.erase(std::unique(out.recipients.begin(), out.recipients.end()),
                       out.recipients.end());
  const std::string folder = to_lower(text_at(*actions, "moveToFolder"));
  out.hides = is_true(*actions, "delete") || is_true(*actions, "permanentDelete") ||
              is_true(*actions, "markAsRead") ||
              std::find(out_of_sight.begin(), out_of_sight.end(), folder) != out_of_sight.end();
  return out;
}

}  // namespace clawback::graph
