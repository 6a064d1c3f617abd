#include <boost/json/parse.hpp>

#include "graph/fields.hpp"
#include "graph/parse.hpp"

namespace clawback::graph {
namespace {

// Audit values are JSON texts inside JSON strings, "\"False\"": a quoted one is decoded once, the
// others (lists, plain words) stay as they came.
std::string decode_value(std::string_view text) {
  if (!text.starts_with('"')) return std::string(text);
  boost::system::error_code ec;
  const json::value inner = json::parse(text, ec);
  if (ec || !inner.is_string()) return std::string(text);
  return std::string(inner.get_string());
}

std::vector<domain::AuditProperty> properties_at(const json::value& target) {
  std::vector<domain::AuditProperty> out;
  const json::array* array = array_at(target, "modifiedProperties");
  if (array == nullptr) return out;
  out.reserve(array->size());
  for (const json::value& property : *array) {
    out.push_back({.name = std::string(text_at(property, "displayName")),
                   .old_value = decode_value(text_at(property, "oldValue")),
                   .new_value = decode_value(text_at(property, "newValue"))});
  }
  return out;
}

std::vector<domain::AuditTarget> targets_at(const json::value& event) {
  std::vector<domain::AuditTarget> out;
  const json::array* array = array_at(event, "targetResources");
  if (array == nullptr) return out;
  out.reserve(array->size());
  for (const json::value& target : *array) {
    // Microsoft's own example misspells it "Type".
    const std::string_view type = text_at(target, "type");
    out.push_back({.id = lower_guid(text_at(target, "id")),
                   .type = std::string(type.empty() ? text_at(target, "Type") : type),
                   .display_name = std::string(text_at(target, "displayName")),
                   .properties = properties_at(target)});
  }
  return out;
}

domain::AuditResult result_at(const json::value& event) {
  const std::string_view text = text_at(event, "result");
  if (text == "success") return domain::AuditResult::success;
  if (text == "failure") return domain::AuditResult::failure;
  return domain::AuditResult::other;
}

void read_initiator(const json::value& event, domain::AuditEvent& out) {
  const json::value* by = member(event, "initiatedBy");
  if (by == nullptr) return;
  if (const json::value* user = member(*by, "user")) {
    const std::string_view id = text_at(*user, "id");
    if (!id.empty()) out.actor_user = domain::UserId(lower_guid(id));
    out.actor_user_principal_name = string_at(*user, "userPrincipalName");
  }
  if (const json::value* app = member(*by, "app")) {
    const std::string_view id = text_at(*app, "appId");
    if (!id.empty()) out.actor_app = domain::AppId(lower_guid(id));
  }
}

std::optional<domain::AppId> app_id_detail(const json::value& event) {
  const json::array* details = array_at(event, "additionalDetails");
  if (details == nullptr) return std::nullopt;
  for (const json::value& detail : *details) {
    const std::string_view value = text_at(detail, "value");
    if (text_at(detail, "key") == "AppId" && !value.empty())
      return domain::AppId(lower_guid(value));
  }
  return std::nullopt;
}

}  // namespace

Result<domain::AuditEvent> parse_audit_event(const json::value& value) {
  const std::string_view id = text_at(value, "id");
  const std::string_view activity = text_at(value, "activityDisplayName");
  const auto time = time_at(value, "activityDateTime");
  if (id.empty()) return lacks("directoryAudit", "id");
  if (activity.empty()) return lacks("directoryAudit", "activityDisplayName");
  if (!time) return lacks("directoryAudit", "activityDateTime");
  domain::AuditEvent out;
  out.id = domain::RecordId(std::string(id));
  out.time = *time;
  out.activity = activity;
  out.result = result_at(value);
  out.reason = string_at(value, "resultReason");
  out.correlation_id = string_at(value, "correlationId");
  read_initiator(value, out);
  out.app_id = app_id_detail(value);
  out.targets = targets_at(value);
  return out;
}

Result<domain::SignIn> parse_sign_in(const json::value& value) {
  const std::string_view id = text_at(value, "id");
  const std::string_view app_id = text_at(value, "appId");
  const std::string_view user = text_at(value, "userId");
  const auto time = time_at(value, "createdDateTime");
  if (id.empty()) return lacks("signIn", "id");
  if (app_id.empty()) return lacks("signIn", "appId");
  if (user.empty()) return lacks("signIn", "userId");
  if (!time) return lacks("signIn", "createdDateTime");
  domain::SignIn out;
  out.id = domain::RecordId(std::string(id));
  out.time = *time;
  out.app_id = domain::AppId(lower_guid(app_id));
  out.user = domain::UserId(lower_guid(user));
  out.user_principal_name = string_at(value, "userPrincipalName");
  out.ip_address = string_at(value, "ipAddress");
  out.client_app_used = string_at(value, "clientAppUsed");
  if (const json::value* status = member(value, "status"))
    out.error_code = int_at(*status, "errorCode");
  if (const json::value* location = member(value, "location")) {
    out.country = string_at(*location, "countryOrRegion");
  }
  return out;
}

}  // namespace clawback::graph
