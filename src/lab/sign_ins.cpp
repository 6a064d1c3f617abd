#include "lab/sign_ins.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "lab/ids.hpp"

namespace clawback::lab {
namespace {

json::object status_of(std::int64_t error_code) {
  json::value reason = nullptr;
  if (error_code != 0) reason = "Sign-in was refused.";
  return {{"errorCode", error_code}, {"failureReason", reason}, {"additionalDetails", nullptr}};
}

json::object location_of(const SignInSpec& spec) {
  return {
      {"city", spec.city},
      {"state", nullptr},
      {"countryOrRegion", spec.country},
      {"geoCoordinates", {{"altitude", nullptr}, {"latitude", nullptr}, {"longitude", nullptr}}}};
}

}  // namespace

json::value sign_in_record(const SignInSpec& spec, const User& user, Random& random) {
  const bool browser = spec.client_app == "Browser";
  return json::object{
      {"id", random.guid()},
      {"createdDateTime", ticks(spec.time, random)},
      {"userDisplayName", user.display_name},
      {"userPrincipalName", user.user_principal_name},
      {"userId", user.id},
      {"appId", spec.app_id},
      {"appDisplayName", spec.app_name},
      {"ipAddress", spec.ip_address},
      {"clientAppUsed", spec.client_app},
      {"correlationId", random.guid()},
      {"conditionalAccessStatus", "notApplied"},
      {"isInteractive", true},
      {"riskDetail", "none"},
      {"riskLevelAggregated", "none"},
      {"riskLevelDuringSignIn", "none"},
      {"riskState", "none"},
      {"riskEventTypes", json::array{}},
      {"riskEventTypes_v2", json::array{}},
      {"resourceDisplayName",
       spec.resource_app_id == graph_app_id ? "Microsoft Graph" : "Office 365 Exchange Online"},
      {"resourceId", spec.resource_app_id},
      {"status", status_of(spec.error_code)},
      {"deviceDetail",
       {{"deviceId", ""},
        {"displayName", nullptr},
        {"operatingSystem", "Windows 10"},
        {"browser", browser ? "Edge 130.0.0" : ""},
        {"isCompliant", nullptr},
        {"isManaged", nullptr},
        {"trustType", nullptr}}},
      {"location", location_of(spec)},
      {"appliedConditionalAccessPolicies", json::array{}}};
}

}  // namespace clawback::lab
