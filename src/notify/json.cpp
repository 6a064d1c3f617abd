#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>

#include "base/json.hpp"
#include "base/safe_text.hpp"
#include "notify/render.hpp"

namespace clawback::notify {
namespace {

constexpr std::size_t name_max = 200;
constexpr std::size_t text_max = 500;

json::value or_null(const std::string& text, std::size_t columns_max = name_max) {
  if (text.empty()) return nullptr;
  return json::value(printable(text, columns_max));
}

template <class T, class Make>
json::array listed(const std::vector<T>& items, Make make) {
  json::array out;
  const std::size_t count = std::min(items.size(), listed_max);
  for (std::size_t i = 0; i < count; ++i) out.push_back(make(items[i]));
  return out;
}

json::value json_of(const Case& found) {
  return json::object{{"key", printable(found.key, name_max)},
                      {"verdict", domain::name_of(found.verdict)},
                      {"appId", printable(found.app_id, name_max)},
                      {"displayName", printable(found.display_name, name_max)},
                      {"users", found.users},
                      {"tenantWide", found.tenant_wide},
                      {"rule", or_null(found.rule)},
                      {"state", or_null(found.state)}};
}

json::value json_of(const Done& done) {
  return json::object{{"run", printable(done.run, name_max)},
                      {"kind", domain::name_of(done.kind)},
                      {"state", journal::name_of(done.state)},
                      {"count", done.count}};
}

json::value json_of(const Waiting& waiting) {
  return json::object{{"file", printable(waiting.file, text_max)},
                      {"digest", printable(waiting.digest, name_max)},
                      {"quorum", waiting.quorum},
                      {"actions", waiting.actions},
                      {"expires", format_time(waiting.expires)}};
}

json::value json_of(const FollowUp& found) {
  return json::object{{"kind", name_of(found.kind)},
                      {"run", or_null(found.run)},
                      {"appId", or_null(found.app_id)},
                      {"objectId", or_null(found.object_id)},
                      {"displayName", or_null(found.display_name)},
                      {"detail", printable(found.detail, text_max)}};
}

json::value json_of(const Escalation& escalation) {
  return json::object{{"run", printable(escalation.run, name_max)},
                      {"approver", printable(escalation.approver, name_max)},
                      {"since", format_time(escalation.since)},
                      {"due", format_time(escalation.due)},
                      {"detail", printable(escalation.detail, text_max)}};
}

}  // namespace

std::string to_json(const Message& message) {
  const auto any = [](const auto& item) { return json_of(item); };
  const auto text = [](const std::string& line) { return json::value(printable(line, text_max)); };
  const json::object value{
      {"schema", "clawback.notification/1"},
      {"id", printable(message.id, name_max)},
      {"time", format_time(message.time)},
      {"tool", printable(message.tool, name_max)},
      {"tenant",
       {{"id", printable(message.tenant, name_max)}, {"name", or_null(message.tenant_name)}}},
      {"test", message.test},
      {"summary", headline(message)},
      {"runs", listed(message.runs, text)},
      {"found", listed(message.found, any)},
      {"done", listed(message.done, any)},
      {"waits", listed(message.waits, any)},
      {"followUp", listed(message.followup, any)},
      {"escalations", listed(message.escalations, any)},
      {"errors", listed(message.errors, text)},
      {"auditHead", or_null(message.audit_head)}};
  return canonical_json(value);
}

}  // namespace clawback::notify
