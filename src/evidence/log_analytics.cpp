#include "evidence/log_analytics.hpp"

#include <algorithm>
#include <utility>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "evidence/log_fields.hpp"
#include "evidence/unified_audit.hpp"
#include "graph/fields.hpp"
#include "graph/parse.hpp"

namespace clawback::evidence {
namespace {

using graph::text_at;

enum class Table : std::uint8_t { audit, sign_in, office, other };

using Rename = std::pair<std::string_view, std::string_view>;

bool has(const json::value& record, std::string_view key) {
  return record.is_object() && record.get_object().contains(key);
}

Table table_of_category(std::string_view category) {
  const std::string name = to_lower(category);
  if (name == "auditlogs") return Table::audit;
  // Those of service principals and managed identities too: parsing tells that no user is in them.
  if (name == "signinlogs" || name == "noninteractiveusersigninlogs" ||
      name == "serviceprincipalsigninlogs" || name == "managedidentitysigninlogs") {
    return Table::sign_in;
  }
  return Table::other;
}

// "Type" names the table, but a query may have left it out.
Table table_of_row(const json::value& row) {
  const std::string type = to_lower(text_at(row, "Type"));
  if (type == "auditlogs") return Table::audit;
  if (type == "signinlogs" || type == "aadnoninteractiveusersigninlogs" ||
      type == "aadserviceprincipalsigninlogs" || type == "aadmanagedidentitysigninlogs") {
    return Table::sign_in;
  }
  if (type == "officeactivity") return Table::office;
  if (!type.empty()) return Table::other;
  if (has(row, "OfficeWorkload") || has(row, "OfficeId")) return Table::office;
  if (has(row, "TargetResources") || has(row, "ActivityDisplayName")) return Table::audit;
  if (has(row, "AppId") && (has(row, "UserId") || has(row, "ServicePrincipalId")) &&
      (has(row, "ResultType") || has(row, "Status") || has(row, "IPAddress"))) {
    return Table::sign_in;
  }
  return Table::other;
}

void rename(json::object& to, const json::value& row, std::initializer_list<Rename> names) {
  for (const auto& [from, name] : names) {
    const json::value* found = member(row, from);
    if (found != nullptr && !to.contains(name)) to[name] = decoded(*found);
  }
}

void put_time(json::object& to, std::string_view key, std::optional<Time> time) {
  if (time) to[key] = format_time(*time);
}

std::optional<Time> time_of_row(const json::value& row, std::string_view exact) {
  const auto time = log_time(text_at(row, exact));
  return time ? time : log_time(text_at(row, "TimeGenerated"));
}

json::value audit_of_row(const json::value& row) {
  json::object out;
  rename(out, row,
         {{"Id", "id"},
          {"ActivityDisplayName", "activityDisplayName"},
          {"OperationName", "activityDisplayName"},
          {"Result", "result"},
          {"ResultReason", "resultReason"},
          {"ResultDescription", "resultReason"},
          {"CorrelationId", "correlationId"},
          {"InitiatedBy", "initiatedBy"},
          {"TargetResources", "targetResources"},
          {"AdditionalDetails", "additionalDetails"}});
  put_time(out, "activityDateTime", time_of_row(row, "ActivityDateTime"));
  return out;
}

// Texts of empty columns say nothing.
void drop_empty(json::object& object) {
  for (auto it = object.begin(); it != object.end();) {
    const json::string* text = it->value().if_string();
    it = text != nullptr && text->empty() && it->key() != "userId" ? object.erase(it)
                                                                   : std::next(it);
  }
}

json::value sign_in_of_row(const json::value& row) {
  json::object out;
  rename(out, row,
         {{"Id", "id"},
          {"AppId", "appId"},
          {"AppDisplayName", "appDisplayName"},
          {"UserId", "userId"},
          {"UserPrincipalName", "userPrincipalName"},
          {"IPAddress", "ipAddress"},
          {"ClientAppUsed", "clientAppUsed"},
          {"Status", "status"},
          {"LocationDetails", "location"},
          // "ResourceId" is the log's own place in Azure.
          {"ResourceIdentity", "resourceId"},
          {"RiskLevelDuringSignIn", "riskLevelDuringSignIn"},
          {"RiskLevelAggregated", "riskLevelAggregated"},
          {"RiskState", "riskState"},
          {"UserAgent", "userAgent"},
          {"AuthenticationProtocol", "authenticationProtocol"},
          {"AppOwnerTenantId", "appOwnerTenantId"},
          {"ServicePrincipalId", "servicePrincipalId"}});
  put_time(out, "createdDateTime", time_of_row(row, "CreatedDateTime"));
  // The country alone, where the details are missing.
  const json::value* location = out.if_contains("location");
  if (location == nullptr || !location->is_object()) {
    out.erase("location");
    const std::string_view country = text_at(row, "Location");
    if (country.size() == 2) out["location"] = json::object{{"countryOrRegion", country}};
  }
  const json::value* status = out.if_contains("status");
  if (status == nullptr || !has(*status, "errorCode")) {
    if (const auto code = log_number(row, "ResultType")) {
      out["status"] = json::object{{"errorCode", *code}};
    }
  }
  if (const auto interactive = log_bool(row, "IsInteractive")) out["isInteractive"] = *interactive;
  const std::string type = to_lower(text_at(row, "Type"));
  if (type == "aadnoninteractiveusersigninlogs") out["isInteractive"] = false;
  if (const auto number = log_number(row, "AutonomousSystemNumber")) {
    out["autonomousSystemNumber"] = *number;
  }
  drop_empty(out);
  return out;
}

json::value unified_audit_of_row(const json::value& row) {
  json::object out;
  // What the table renamed first; the other columns have the record's own names.
  rename(out, row,
         {{"OfficeId", "Id"},
          {"OfficeWorkload", "Workload"},
          {"OfficeObjectId", "ObjectId"},
          {"Client_IPAddress", "ClientIPAddress"}});
  put_time(out, "CreationTime", time_of_row(row, "CreationTime"));
  if (const json::object* columns = row.if_object()) {
    for (const auto& column : *columns) {
      if (!out.contains(column.key())) out[column.key()] = decoded(column.value());
    }
  }
  return out;
}

// Exports of diagnostic records print some of Graph's numbers and booleans as texts.
json::value graph_of_properties(const json::value& record) {
  json::value properties = decoded(record.at("properties"));
  json::object* object = properties.if_object();
  if (object == nullptr) return properties;
  for (const std::string_view key :
       {"initiatedBy", "targetResources", "additionalDetails", "status", "location"}) {
    if (json::value* found = object->if_contains(key)) *found = decoded(*found);
  }
  if (const auto number = log_number(properties, "autonomousSystemNumber")) {
    (*object)["autonomousSystemNumber"] = *number;
  }
  if (const auto interactive = log_bool(properties, "isInteractive")) {
    (*object)["isInteractive"] = *interactive;
  }
  if (json::value* status = object->if_contains("status");
      status != nullptr && status->is_object()) {
    if (const auto code = log_number(*status, "errorCode"))
      status->get_object()["errorCode"] = *code;
  }
  return properties;
}

Taken take_audit(domain::Snapshot& to, const json::value& event) {
  auto parsed = graph::parse_audit_event(event);
  if (!parsed) return refused(Kind::audit, parsed.error().message);
  parsed->origin = domain::Origin::log_analytics;
  const Time time = parsed->time;
  to.audits.push_back(std::move(*parsed));
  return {.fate = Fate::added, .kind = Kind::audit, .time = time, .why = {}};
}

Taken take_sign_in(domain::Snapshot& to, const json::value& record) {
  const auto time = graph::time_at(record, "createdDateTime");
  if (graph::is_of_no_user(record)) return passed_over(Kind::sign_in, time);
  auto parsed = graph::parse_sign_in(record);
  if (!parsed) return refused(Kind::sign_in, parsed.error().message);
  to.sign_ins.push_back(std::move(*parsed));
  return {.fate = Fate::added, .kind = Kind::sign_in, .time = time, .why = {}};
}

}  // namespace

bool is_log_analytics(const json::value& record) {
  if (has(record, "category") && has(record, "properties")) return true;
  return !text_at(record, "TimeGenerated").empty() &&
         (has(record, "Type") || table_of_row(record) != Table::other);
}

Taken take_log_analytics(domain::Snapshot& to, const json::value& record) {
  if (has(record, "properties")) {
    const auto time = log_time(text_at(record, "time"));
    switch (table_of_category(text_at(record, "category"))) {
      case Table::audit:
        return take_audit(to, graph_of_properties(record));
      case Table::sign_in:
        return take_sign_in(to, graph_of_properties(record));
      case Table::office:
      case Table::other:
        return passed_over(std::nullopt, time);
    }
  }
  switch (table_of_row(record)) {
    case Table::audit:
      return take_audit(to, audit_of_row(record));
    case Table::sign_in:
      return take_sign_in(to, sign_in_of_row(record));
    case Table::office:
      return take_unified_audit(to, unified_audit_of_row(record), domain::Origin::log_analytics);
    case Table::other:
      break;
  }
  return passed_over(std::nullopt, log_time(text_at(record, "TimeGenerated")));
}

Result<std::string> column_name(std::string_view heading) {
  constexpr std::string_view utc = " [UTC]";
  if (heading.ends_with(utc)) return std::string(heading.substr(0, heading.size() - utc.size()));
  if (heading.ends_with(" [Local Time]")) {
    return Error{.code = Errc::invalid,
                 .message = "the times of the column \"" + printable(heading, 60) +
                            "\" are of a zone that the file does not name",
                 .hint = "set the portal's time zone to UTC and export again",
                 .position = std::nullopt,
                 .details = {}};
  }
  return std::string(heading);
}

}  // namespace clawback::evidence
