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
      {"isInteractive", spec.interactive},
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

json::value beta_sign_in_record(json::value record, const SignInSpec& spec,
                                const std::string& home_tenant) {
  const Device& device = spec.device;
  const bool risky = device.risk != "none";
  const json::object more{
      {"userAgent", device.user_agent},
      {"autonomousSystemNumber", device.as_number},
      {"signInEventTypes",
       json::array{spec.interactive ? "interactiveUser" : "nonInteractiveUser"}},
      {"authenticationProtocol", spec.interactive ? "oAuth2" : "none"},
      {"incomingTokenType", spec.interactive ? "none" : "refreshToken"},
      {"riskLevelDuringSignIn", device.risk},
      {"riskLevelAggregated", device.risk},
      {"riskState", risky ? "atRisk" : "none"},
      {"riskEventTypes_v2", risky ? json::array{"anonymizedIPAddress"} : json::array{}},
      {"appOwnerTenantId", spec.app_owner},
      {"homeTenantId", home_tenant},
      {"homeTenantName", ""},
      {"resourceTenantId", home_tenant},
      {"resourceServicePrincipalId", nullptr},
      {"originalRequestId", record.at("id")},
      {"clientCredentialType", "none"},
      {"tokenIssuerName", ""},
      {"tokenIssuerType", "AzureAD"},
      {"isTenantRestricted", false},
      {"crossTenantAccessType", "none"},
      {"authenticationRequirement", "singleFactorAuthentication"},
      {"authenticationMethodsUsed", json::array{}},
      {"authenticationDetails", json::array{}},
      {"authenticationProcessingDetails", json::array{}},
      {"authenticationRequirementPolicies", json::array{}},
      {"authenticationContextClassReferences", json::array{}},
      {"networkLocationDetails", json::array{}},
      {"sessionLifetimePolicies", json::array{}},
      {"processingTimeInMilliseconds", 132},
      {"servicePrincipalId", ""},
      {"userType", "member"},
      {"flaggedForReview", false},
      {"mfaDetail", nullptr}};
  json::object& out = record.as_object();
  out.erase("riskEventTypes");  // v1.0 only
  for (const auto& member : more) out[member.key()] = member.value();
  return record;
}

}  // namespace clawback::lab
