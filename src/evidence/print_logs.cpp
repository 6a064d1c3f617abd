#include "evidence/document.hpp"

namespace clawback::evidence {
namespace {

template <class Value>
void put(json::object& to, std::string_view key, const std::optional<Value>& value) {
  if (value) to[key] = *value;
}

template <class Tag>
void put_id(json::object& to, std::string_view key, const std::optional<Id<Tag>>& value) {
  if (value) to[key] = value->str();
}

// As Graph has it: a JSON string within a string.
json::value quoted(const std::string& value) {
  if (value.empty()) return nullptr;
  return json::value(compact_json(json::value(value)));
}

json::value print_target(const domain::AuditTarget& target) {
  json::array properties;
  for (const domain::AuditProperty& property : target.properties) {
    properties.push_back(json::object{{"displayName", property.name},
                                      {"oldValue", quoted(property.old_value)},
                                      {"newValue", quoted(property.new_value)}});
  }
  return json::object{{"id", target.id},
                      {"type", target.type},
                      {"displayName", target.display_name},
                      {"modifiedProperties", std::move(properties)}};
}

std::string_view result_name(domain::AuditResult result) {
  switch (result) {
    case domain::AuditResult::success:
      return "success";
    case domain::AuditResult::failure:
      return "failure";
    case domain::AuditResult::other:
      return "unknownFutureValue";
  }
  return "unknownFutureValue";
}

std::string_view origin_name(domain::Origin origin) {
  switch (origin) {
    case domain::Origin::graph:
      return "graph";
    case domain::Origin::unified_audit:
      return "unifiedAudit";
    case domain::Origin::log_analytics:
      return "logAnalytics";
  }
  return "graph";
}

}  // namespace

json::value print(const domain::AuditEvent& one) {
  json::object by;
  json::object user;
  put_id(user, "id", one.actor_user);
  put(user, "userPrincipalName", one.actor_user_principal_name);
  put(user, "displayName", one.actor_display_name);
  put(user, "ipAddress", one.ip_address);
  if (!user.empty()) by["user"] = std::move(user);
  json::object app;
  put_id(app, "appId", one.actor_app);
  put(app, "displayName", one.actor_app_name);
  if (!app.empty()) by["app"] = std::move(app);
  json::array details;
  if (one.app_id) details.push_back(json::object{{"key", "AppId"}, {"value", one.app_id->str()}});
  json::array targets;
  for (const domain::AuditTarget& target : one.targets) targets.push_back(print_target(target));
  json::object out{{"id", one.id.str()},
                   {"activityDateTime", format_time(one.time)},
                   {"activityDisplayName", one.activity},
                   {"result", result_name(one.result)}};
  if (one.origin != domain::Origin::graph) out["origin"] = origin_name(one.origin);
  put(out, "resultReason", one.reason);
  put(out, "correlationId", one.correlation_id);
  out["initiatedBy"] = std::move(by);
  out["targetResources"] = std::move(targets);
  out["additionalDetails"] = std::move(details);
  return out;
}

json::value print(const domain::SignIn& one) {
  json::object out{{"id", one.id.str()},
                   {"createdDateTime", format_time(one.time)},
                   {"appId", one.app_id.str()},
                   {"userId", one.user.str()}};
  put(out, "userPrincipalName", one.user_principal_name);
  put(out, "appDisplayName", one.app_name);
  put(out, "ipAddress", one.ip_address);
  put(out, "clientAppUsed", one.client_app_used);
  if (one.error_code) out["status"] = json::object{{"errorCode", *one.error_code}};
  json::object location;
  put(location, "countryOrRegion", one.country);
  put(location, "city", one.city);
  if (!location.empty()) out["location"] = std::move(location);
  put_id(out, "resourceId", one.resource);
  put(out, "riskLevelDuringSignIn", one.risk_level);
  put(out, "riskState", one.risk_state);
  put(out, "isInteractive", one.is_interactive);
  put(out, "userAgent", one.user_agent);
  put(out, "autonomousSystemNumber", one.as_number);
  put(out, "authenticationProtocol", one.protocol);
  put_id(out, "appOwnerTenantId", one.app_owner);
  return out;
}

json::value print(const domain::AppActivity& one) {
  json::value last = nullptr;
  if (one.last_used) last = json::object{{"lastSignInDateTime", format_time(*one.last_used)}};
  return json::object{{"appId", one.app_id.str()}, {"lastSignInActivity", std::move(last)}};
}

json::value print(const domain::MailAccess& one) {
  json::object out{{"id", one.id.str()},
                   {"firstDateTime", format_time(one.first)},
                   {"lastDateTime", format_time(one.last)},
                   {"mailbox", one.mailbox},
                   {"records", one.records},
                   {"items", one.items},
                   {"syncs", one.syncs},
                   {"throttled", one.throttled}};
  put_id(out, "userId", one.user);
  put_id(out, "clientAppId", one.client_app);
  put_id(out, "appId", one.app);
  put(out, "ipAddress", one.ip_address);
  put(out, "clientInfoString", one.client_info);
  return out;
}

json::value print(const domain::MailboxChange& one) {
  const bool forwarding = one.kind == domain::MailboxChangeKind::forwarding;
  json::array recipients;
  for (const std::string& recipient : one.recipients) recipients.emplace_back(recipient);
  json::object out{{"id", one.id.str()},
                   {"createdDateTime", format_time(one.time)},
                   {"kind", forwarding ? "forwarding" : "inboxRule"},
                   {"operation", one.operation},
                   {"mailbox", one.mailbox},
                   {"forwards", one.forwards},
                   {"hides", one.hides},
                   {"recipients", std::move(recipients)}};
  put_id(out, "userId", one.user);
  put_id(out, "clientAppId", one.client_app);
  put(out, "ipAddress", one.ip_address);
  put(out, "ruleName", one.rule_name);
  return out;
}

json::value print(const domain::UserCountry& one) {
  return json::object{{"userId", one.user.str()},
                      {"country", one.country},
                      {"firstDateTime", format_time(one.first)},
                      {"lastDateTime", format_time(one.last)}};
}

json::value print(const domain::OrganizationConfig& one) {
  json::object out{{"EwsEnabled", one.ews_enabled ? json::value(*one.ews_enabled) : json::value()}};
  if (!one.ews_allowed) return out;
  json::array allowed;
  for (const domain::AppId& id : *one.ews_allowed) allowed.emplace_back(id.str());
  out["EwsAllowedAppIDs"] = std::move(allowed);
  return out;
}

}  // namespace clawback::evidence
