#include "lab/audit.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdlib>

#include "lab/ids.hpp"

namespace clawback::lab {
namespace {

json::value text_or_null(const std::optional<std::string>& text) {
  if (!text) return nullptr;
  return json::string(*text);
}

json::object initiator(const Actor& actor) {
  if (actor.user_id.empty()) {
    return {{"app",
             {{"appId", actor.app_id},
              {"displayName", actor.app_name},
              {"servicePrincipalId", actor.service_principal_id},
              {"servicePrincipalName", nullptr}}},
            {"user", nullptr}};
  }
  json::value name = nullptr;
  if (actor.through_consent_page) name = "Azure ESTS Service";
  return {{"app", nullptr},
          {"user",
           {{"id", actor.user_id},
            {"displayName", name},
            {"userPrincipalName", actor.user_principal_name},
            {"ipAddress", actor.through_consent_page ? "20.190.151.7" : "203.0.113.31"},
            {"userType", nullptr},
            {"agentType", "notAgentic"},
            {"homeTenantId", nullptr},
            {"homeTenantName", nullptr}}}};
}

json::object target_object(const AuditTarget& target) {
  json::array changes;
  for (const AuditChange& change : target.changes) {
    changes.push_back(json::object{{"displayName", change.name},
                                   {"oldValue", text_or_null(change.before)},
                                   {"newValue", text_or_null(change.after)}});
  }
  return {{"id", target.id},
          {"displayName", text_or_null(target.name)},
          {"type", target.type},
          {"userPrincipalName", nullptr},
          {"groupType", nullptr},
          {"modifiedProperties", std::move(changes)},
          {"administrativeUnits", json::array{}}};
}

}  // namespace

json::value to_json(const AuditRecord& record, Random& random) {
  const Happening& happening = record.happening;
  const std::string& correlation = happening.correlation_id;
  json::array targets;
  for (const AuditTarget& target : record.targets) targets.push_back(target_object(target));
  json::array details;
  for (const auto& [key, value] : record.details) {
    details.push_back(json::object{{"key", key}, {"value", value}});
  }
  return json::object{{"id", fmt::format("Directory_{}_{}_{}", correlation, random.letters(5),
                                         10'000'000 + random.below(900'000'000))},
                      {"category", record.category},
                      {"correlationId", correlation},
                      {"result", record.result},
                      {"resultReason", record.reason},
                      {"activityDisplayName", record.activity},
                      {"activityDateTime", ticks(happening.time, random)},
                      {"loggedByService", "Core Directory"},
                      {"operationType", record.operation},
                      {"userAgent", nullptr},
                      {"initiatedBy", initiator(happening.actor)},
                      {"targetResources", std::move(targets)},
                      {"additionalDetails", std::move(details)}};
}

std::string quoted(std::string_view text) { return json::serialize(json::string(text)); }

std::string in_brackets(std::string_view json) { return fmt::format("[{}]", json); }

const ServicePrincipal& app_of(const Tenant& tenant, const std::string& id) {
  static const ServicePrincipal unknown{};
  const auto found = tenant.service_principals.find(id);
  return found == tenant.service_principals.end() ? unknown : found->second;
}

}  // namespace clawback::lab
