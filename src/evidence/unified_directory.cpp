#include <algorithm>
#include <utility>

#include "base/digest.hpp"
#include "evidence/log_fields.hpp"
#include "evidence/unified_audit.hpp"
#include "graph/fields.hpp"
#include "graph/parse.hpp"

namespace clawback::evidence {
namespace {

using graph::text_at;

// What "Type" says of an entry of Actor and Target.
constexpr std::int64_t type_name = 1;
constexpr std::int64_t type_other = 2;
constexpr std::int64_t type_spn = 4;
constexpr std::int64_t type_upn = 5;

struct Typed {
  std::string_view word;
  std::string_view guid;
};

// "ServicePrincipal_<guid>".
std::optional<Typed> typed(std::string_view id) {
  const std::size_t bar = id.rfind('_');
  if (bar == std::string_view::npos || bar == 0 || !is_guid(id.substr(bar + 1))) {
    return std::nullopt;
  }
  return Typed{.word = id.substr(0, bar), .guid = id.substr(bar + 1)};
}

const json::array& entries_at(const json::value& record, std::string_view list) {
  static const json::array none;
  const json::array* found = array_at(record, list);
  return found != nullptr ? *found : none;
}

std::string_view first_of_type(const json::array& entries, std::int64_t type) {
  for (const json::value& entry : entries) {
    if (int_at(entry, "Type") == type) return text_at(entry, "ID");
  }
  return {};
}

// Names of a service principal stand in one text: "https://outlook.office.com;0000…;…".
std::string_view guid_among(std::string_view names) {
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(';'), names.size());
    if (is_guid(names.substr(0, end))) return names.substr(0, end);
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return {};
}

std::string_view app_id_among(const json::array& entries) {
  for (const json::value& entry : entries) {
    if (int_at(entry, "Type") != type_spn) continue;
    const std::string_view guid = guid_among(text_at(entry, "ID"));
    if (!guid.empty()) return guid;
  }
  return {};
}

domain::AuditResult result_of(const json::value& record) {
  const std::string status = to_lower(text_at(record, "ResultStatus"));
  if (status == "success" || status == "succeeded" || status == "true") {
    return domain::AuditResult::success;
  }
  if (status == "failure" || status == "failed" || status == "false") {
    return domain::AuditResult::failure;
  }
  return domain::AuditResult::other;
}

void read_actor(const json::value& record, domain::AuditEvent& out) {
  const json::array& actors = entries_at(record, "Actor");
  bool is_app = text_at(record, "UserId").starts_with("ServicePrincipal_");
  for (const json::value& actor : actors) {
    const auto id = typed(text_at(actor, "ID"));
    if (!id) continue;
    if (id->word == "User" && !out.actor_user) {
      out.actor_user = domain::UserId(graph::lower_guid(id->guid));
    }
    is_app = is_app || id->word == "ServicePrincipal";
  }
  is_app = is_app && !out.actor_user;
  const std::string_view key = text_at(record, "UserKey");
  if (!is_app && !out.actor_user && is_guid(key)) {
    out.actor_user = domain::UserId(graph::lower_guid(key));
  }
  const std::string_view name = first_of_type(actors, type_name);
  if (!name.empty()) (is_app ? out.actor_app_name : out.actor_display_name) = std::string(name);
  if (is_app) {
    const std::string_view app = app_id_among(actors);
    if (!app.empty()) out.actor_app = domain::AppId(graph::lower_guid(app));
    return;
  }
  std::string_view upn = text_at(record, "UserId");
  if (upn.find('@') == std::string_view::npos) upn = first_of_type(actors, type_upn);
  if (upn.find('@') != std::string_view::npos) out.actor_user_principal_name = std::string(upn);
}

std::vector<domain::AuditProperty> properties_of(const json::value& record) {
  std::vector<domain::AuditProperty> out;
  for (const json::value& property : entries_at(record, "ModifiedProperties")) {
    out.push_back({.name = std::string(text_at(property, "Name")),
                   .old_value = graph::audit_value(text_at(property, "OldValue")),
                   .new_value = graph::audit_value(text_at(property, "NewValue"))});
  }
  return out;
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

// Older records have the id and the kind of object as entries of their own.
std::optional<domain::AuditTarget> untyped_target(const json::array& entries) {
  domain::AuditTarget out;
  for (const json::value& entry : entries) {
    const std::string_view id = text_at(entry, "ID");
    if (int_at(entry, "Type") != type_other) continue;
    if (is_guid(id) && out.id.empty()) out.id = graph::lower_guid(id);
    if (is_word(id) && out.type.empty()) out.type = std::string(id);
  }
  if (out.id.empty()) return std::nullopt;
  out.display_name = std::string(first_of_type(entries, type_name));
  return out;
}

// One flat list describes all targets: each "<Kind>_<guid>" begins one, its name follows.
std::vector<domain::AuditTarget> targets_of(const json::value& record) {
  const json::array& entries = entries_at(record, "Target");
  std::vector<domain::AuditTarget> out;
  for (const json::value& entry : entries) {
    const std::string_view text = text_at(entry, "ID");
    if (const auto id = typed(text)) {
      out.push_back({.id = graph::lower_guid(id->guid),
                     .type = std::string(id->word),
                     .display_name = {},
                     .properties = {}});
    } else if (int_at(entry, "Type") == type_name && !out.empty() &&
               out.back().display_name.empty()) {
      out.back().display_name = std::string(text);
    }
  }
  if (out.empty()) {
    if (auto one = untyped_target(entries)) out.push_back(std::move(*one));
  }
  if (out.empty()) {
    const auto object = typed(text_at(record, "ObjectId"));
    if (object) {
      out.push_back({.id = graph::lower_guid(object->guid),
                     .type = std::string(object->word),
                     .display_name = std::string(first_of_type(entries, type_name)),
                     .properties = {}});
    }
  } else if (out.front().display_name.empty()) {
    out.front().display_name = std::string(first_of_type(entries, type_name));
  }
  return out;
}

// The details are a JSON text; without them the target's own names tell.
std::optional<domain::AppId> app_id_of(const json::value& record, std::string_view activity) {
  const json::value details =
      decoded(json::value(named_value(record, "ExtendedProperties", "additionalDetails")));
  std::string_view app = text_at(details, "AppId");
  if (app.empty()) app = app_id_among(entries_at(record, "Target"));
  if (app.empty() && activity == "Consent to application") {
    const std::string_view object = text_at(record, "ObjectId");
    if (is_guid(object)) app = object;
  }
  if (app.empty()) return std::nullopt;
  return domain::AppId(graph::lower_guid(app));
}

}  // namespace

Result<domain::AuditEvent> parse_directory_operation(const json::value& record) {
  const std::string_view id = text_at(record, "Id");
  const auto time = log_time(text_at(record, "CreationTime"));
  std::string activity = graph::activity_name(text_at(record, "Operation"));
  if (id.empty()) return graph::lacks("directory operation", "Id");
  if (!time) return graph::lacks("directory operation", "CreationTime");
  if (activity.empty()) return graph::lacks("directory operation", "Operation");
  domain::AuditEvent out;
  out.id = domain::RecordId(std::string(id));
  out.time = *time;
  out.origin = domain::Origin::unified_audit;
  out.result = result_of(record);
  const std::string_view correlation = text_at(record, "InterSystemsId");
  if (!correlation.empty()) out.correlation_id = std::string(correlation);
  read_actor(record, out);
  out.ip_address = log_address(text_at(record, "ActorIpAddress"));
  if (!out.ip_address) out.ip_address = log_address(text_at(record, "ClientIP"));
  out.app_id = app_id_of(record, activity);
  out.activity = std::move(activity);
  out.targets = targets_of(record);
  auto properties = properties_of(record);
  for (const domain::AuditProperty& property : properties) {
    if (property.name == "ConsentAction.Reason" && !property.new_value.empty()) {
      out.reason = property.new_value;
    }
  }
  if (!properties.empty()) {
    if (out.targets.empty()) out.targets.emplace_back();
    out.targets.front().properties = std::move(properties);
  }
  return out;
}

}  // namespace clawback::evidence
