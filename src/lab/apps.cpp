#include "lab/apps.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace clawback::lab {
namespace {

json::object verified_publisher(const AppSpec& spec) {
  // An unverified publisher is an object of nulls, not null.
  if (!spec.publisher) {
    return {{"displayName", nullptr}, {"verifiedPublisherId", nullptr}, {"addedDateTime", nullptr}};
  }
  return {{"displayName", spec.publisher->name},
          {"verifiedPublisherId", spec.publisher->id},
          {"addedDateTime", format_time(spec.created - std::chrono::days(30))}};
}

json::object app_role(std::string_view value, std::string_view id) {
  return {{"allowedMemberTypes", json::array{"Application"}},
          {"description", "Allows the app to use " + std::string(value) + " without a user."},
          {"displayName", std::string(value) + " (application)"},
          {"id", id},
          {"isEnabled", true},
          {"origin", "Application"},
          {"value", value}};
}

json::object scope(const PermissionRow& row) {
  const std::string text = "Allows the app to use " + std::string(row.value) + " for the user.";
  const bool admin = row.value.ends_with(".All") && !row.value.contains("AccessAsUser");
  return {{"adminConsentDescription", text},
          {"adminConsentDisplayName", row.value},
          {"id", row.id},
          {"isEnabled", true},
          {"type", admin ? "Admin" : "User"},
          {"userConsentDescription", text},
          {"userConsentDisplayName", row.value},
          {"value", row.value}};
}

}  // namespace

ServicePrincipal make_app(Random& random, const AppSpec& spec) {
  ServicePrincipal app;
  app.id = random.guid();
  app.app_id = spec.app_id;
  app.display_name = spec.display_name;
  app.owner_tenant = spec.owner_tenant;
  json::array replies(spec.reply_urls.begin(), spec.reply_urls.end());
  json::array tags;
  if (spec.user_consented) tags.emplace_back("WindowsAzureActiveDirectoryIntegratedApp");
  json::object body{{"appDisplayName", spec.display_name},
                    {"createdDateTime", format_time(spec.created)},
                    {"replyUrls", std::move(replies)},
                    {"servicePrincipalNames", json::array{spec.app_id}},
                    {"signInAudience", spec.audience},
                    {"tags", std::move(tags)},
                    {"verifiedPublisher", verified_publisher(spec)}};
  if (spec.homepage) body["homepage"] = *spec.homepage;
  app.body = std::move(body);
  return app;
}

void offer(ServicePrincipal& resource, std::span<const PermissionRow> app_roles,
           std::span<const PermissionRow> scopes) {
  json::array roles;
  for (const PermissionRow& row : app_roles) roles.push_back(app_role(row.value, row.id));
  json::array offered;
  for (const PermissionRow& row : scopes) offered.push_back(scope(row));
  json::object& body = resource.body.as_object();
  body["appRoles"] = std::move(roles);
  body["oauth2PermissionScopes"] = std::move(offered);
}

std::string role_id_of(const ServicePrincipal& resource, std::string_view value) {
  const json::array* roles = array_at(resource.body, "appRoles");
  if (roles == nullptr) return {};
  for (const json::value& role : *roles) {
    if (string_at(role, "value") == value) return string_at(role, "id").value_or("");
  }
  return {};
}

void offer_role(ServicePrincipal& resource, std::string_view value, std::string_view id) {
  if (!role_id_of(resource, value).empty()) return;
  json::value& roles = resource.body.as_object()["appRoles"];
  if (!roles.is_array()) roles = json::array{};
  roles.as_array().push_back(app_role(value, id));
}

}  // namespace clawback::lab
