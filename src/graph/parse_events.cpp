#include <algorithm>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <limits>

#include "graph/fields.hpp"
#include "graph/parse.hpp"

namespace clawback::graph {
namespace {

constexpr std::string_view dashes[] = {"\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x88\x92"};  // – — −

std::vector<domain::AuditProperty> properties_at(const json::value& target) {
  std::vector<domain::AuditProperty> out;
  const json::array* array = array_at(target, "modifiedProperties");
  if (array == nullptr) return out;
  out.reserve(array->size());
  for (const json::value& property : *array) {
    out.push_back({.name = std::string(text_at(property, "displayName")),
                   .old_value = audit_value(text_at(property, "oldValue")),
                   .new_value = audit_value(text_at(property, "newValue"))});
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

std::optional<std::string> filled_at(const json::value& object, std::string_view key) {
  const std::string_view text = text_at(object, key);
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

void read_initiator(const json::value& event, domain::AuditEvent& out) {
  const json::value* by = member(event, "initiatedBy");
  if (by == nullptr) return;
  if (const json::value* user = member(*by, "user")) {
    const std::string_view id = text_at(*user, "id");
    if (!id.empty()) out.actor_user = domain::UserId(lower_guid(id));
    out.actor_user_principal_name = string_at(*user, "userPrincipalName");
    out.actor_display_name = filled_at(*user, "displayName");
    out.ip_address = filled_at(*user, "ipAddress");
  }
  if (const json::value* app = member(*by, "app")) {
    const std::string_view id = text_at(*app, "appId");
    if (!id.empty()) out.actor_app = domain::AppId(lower_guid(id));
    out.actor_app_name = filled_at(*app, "displayName");
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

// nullopt also for a number that can't be one of these.
std::optional<std::int64_t> number_at(const json::value& object, std::string_view key,
                                      std::int64_t most) {
  const auto number = int_at(object, key);
  if (!number || *number < 0 || *number > most) return std::nullopt;
  return number;
}

void read_beta_members(const json::value& value, domain::SignIn& out) {
  out.user_agent = filled_at(value, "userAgent");
  out.as_number =
      number_at(value, "autonomousSystemNumber", std::numeric_limits<std::uint32_t>::max());
  out.protocol = filled_at(value, "authenticationProtocol");
  const std::string_view owner = text_at(value, "appOwnerTenantId");
  if (!owner.empty()) out.app_owner = domain::TenantId(lower_guid(owner));
}

}  // namespace

std::string audit_value(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return std::string(text);
  const char first = text[start];
  if (first != '"' && first != '[' && first != '{') return std::string(text);
  unsigned char buffer[4096];
  json::monotonic_resource memory(buffer, sizeof buffer);
  boost::system::error_code ec;
  const json::value inner = json::parse(text, ec, json::storage_ptr(&memory));
  if (ec) return std::string(text);
  if (inner.is_string()) return std::string(inner.get_string());
  return json::serialize(inner);
}

std::string activity_name(std::string_view text) {
  std::string out;
  const bool ascii = std::all_of(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) out = text;
  while (!ascii && !text.empty()) {
    const auto* dash = std::find_if(std::begin(dashes), std::end(dashes),
                                    [&](std::string_view one) { return text.starts_with(one); });
    if (dash != std::end(dashes)) {
      out += '-';
      text.remove_prefix(dash->size());
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  const std::size_t last = out.find_last_not_of(" .\t\r\n");
  out.resize(last == std::string::npos ? 0 : last + 1);
  out.erase(0, std::min(out.find_first_not_of(" \t\r\n"), out.size()));
  return out;
}

Result<domain::AuditEvent> parse_audit_event(const json::value& value) {
  const std::string_view id = text_at(value, "id");
  std::string activity = activity_name(text_at(value, "activityDisplayName"));
  const auto time = time_at(value, "activityDateTime");
  if (id.empty()) return lacks("directoryAudit", "id");
  if (activity.empty()) return lacks("directoryAudit", "activityDisplayName");
  if (!time) return lacks("directoryAudit", "activityDateTime");
  domain::AuditEvent out;
  out.id = domain::RecordId(std::string(id));
  out.time = *time;
  out.activity = std::move(activity);
  out.result = result_at(value);
  out.reason = filled_at(value, "resultReason");
  out.correlation_id = filled_at(value, "correlationId");
  read_initiator(value, out);
  out.app_id = app_id_detail(value);
  out.targets = targets_at(value);
  return out;
}

bool is_of_no_user(const json::value& sign_in) {
  const json::value* user = member(sign_in, "userId");
  if (user != nullptr && !(user->is_string() && user->get_string().empty())) return false;
  return user != nullptr || !text_at(sign_in, "servicePrincipalId").empty();
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
  out.app_name = filled_at(value, "appDisplayName");
  out.ip_address = string_at(value, "ipAddress");
  out.client_app_used = string_at(value, "clientAppUsed");
  if (const json::value* status = member(value, "status")) {
    out.error_code = number_at(*status, "errorCode", std::numeric_limits<std::int32_t>::max());
    if (int_at(*status, "errorCode") == domain::error_unknown) {
      out.error_code = domain::error_unknown;
    }
  }
  if (const json::value* location = member(value, "location")) {
    out.country = string_at(*location, "countryOrRegion");
    out.city = filled_at(*location, "city");
  }
  const std::string_view resource = text_at(value, "resourceId");
  if (!resource.empty()) out.resource = domain::AppId(lower_guid(resource));
  out.risk_level = filled_at(value, "riskLevelDuringSignIn");
  if (!out.risk_level) out.risk_level = filled_at(value, "riskLevelAggregated");
  out.risk_state = filled_at(value, "riskState");
  out.is_interactive = bool_at(value, "isInteractive");
  read_beta_members(value, out);
  return out;
}

Result<domain::AppActivity> parse_app_activity(const json::value& value) {
  constexpr std::string_view parts[] = {
      "lastSignInActivity",
      "delegatedClientSignInActivity",
      "delegatedResourceSignInActivity",
      "applicationAuthenticationClientSignInActivity",
      "applicationAuthenticationResourceSignInActivity",
  };
  const std::string_view app_id = text_at(value, "appId");
  if (app_id.empty()) return lacks("servicePrincipalSignInActivity", "appId");
  domain::AppActivity out;
  out.app_id = domain::AppId(lower_guid(app_id));
  for (const std::string_view part : parts) {
    const json::value* activity = member(value, part);
    if (activity == nullptr) continue;
    const auto time = time_at(*activity, "lastSignInDateTime");
    if (time && *time > Time{}) out.last_used = std::max(out.last_used.value_or(*time), *time);
  }
  return out;
}

}  // namespace clawback::graph
