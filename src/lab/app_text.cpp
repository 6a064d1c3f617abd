#include <algorithm>
#include <array>
#include <boost/json/object.hpp>

#include "lab/json_text.hpp"
#include "lab/service_principals.hpp"

// How a service principal is printed.
namespace clawback::lab {
namespace {

struct Property {
  std::string_view name;
  std::string_view otherwise = "null";  // JSON text when the tenant has nothing of its own
};

constexpr std::array<Property, 36> properties = {{
    {"id"},
    {"deletedDateTime"},
    {"accountEnabled"},
    {"alternativeNames", "[]"},
    {"appDisplayName"},
    {"appDescription"},
    {"appId"},
    {"applicationTemplateId"},
    {"appOwnerOrganizationId"},
    {"appRoleAssignmentRequired", "false"},
    {"createdDateTime"},
    {"description"},
    {"disabledByMicrosoftStatus"},
    {"displayName"},
    {"homepage"},
    {"loginUrl"},
    {"logoutUrl"},
    {"notes"},
    {"notificationEmailAddresses", "[]"},
    {"preferredSingleSignOnMode"},
    {"preferredTokenSigningKeyThumbprint"},
    {"replyUrls", "[]"},
    {"servicePrincipalNames", "[]"},
    {"servicePrincipalType"},
    {"signInAudience"},
    {"tags", "[]"},
    {"tokenEncryptionKeyId"},
    {"samlSingleSignOnSettings"},
    {"addIns", "[]"},
    {"appRoles", "[]"},
    {"info",
     R"({"logoUrl":null,"marketingUrl":null,"privacyStatementUrl":null,"supportUrl":null,"termsOfServiceUrl":null})"},
    {"keyCredentials", "[]"},
    {"oauth2PermissionScopes", "[]"},
    {"passwordCredentials", "[]"},
    {"resourceSpecificApplicationPermissions", "[]"},
    {"verifiedPublisher",
     R"({"displayName":null,"verifiedPublisherId":null,"addedDateTime":null})"},
}};

bool append_fixed(std::string& out, const ServicePrincipal& app, std::string_view name) {
  if (name == "id") {
    append_quoted(out, app.id);
  } else if (name == "appId") {
    append_quoted(out, app.app_id);
  } else if (name == "displayName") {
    append_quoted(out, app.display_name);
  } else if (name == "appOwnerOrganizationId") {
    append_quoted_or_null(out, app.owner_tenant);
  } else if (name == "servicePrincipalType") {
    append_quoted(out, app.type);
  } else if (name == "accountEnabled") {
    out += app.account_enabled ? "true" : "false";
  } else {
    return false;
  }
  return true;
}

void append_value(std::string& out, const ServicePrincipal& app, const Property& property) {
  if (append_fixed(out, app, property.name)) return;
  const json::object* body = app.body.if_object();
  const json::value* own = body == nullptr ? nullptr : body->if_contains(property.name);
  if (own != nullptr) {
    append_json(out, *own);
  } else {
    out += property.otherwise;
  }
}

void append_pair(std::string& out, const ServicePrincipal& app, const Property& property) {
  if (out.back() != '{') out.push_back(',');
  append_quoted(out, property.name);
  out.push_back(':');
  append_value(out, app, property);
}

}  // namespace

void append_app(std::string& out, const ServicePrincipal& app,
                std::span<const std::string_view> select) {
  out.push_back('{');
  if (select.empty()) {
    for (const Property& property : properties) append_pair(out, app, property);
  }
  for (const std::string_view name : select) {
    const auto known = std::ranges::find(properties, name, &Property::name);
    if (known != properties.end()) {
      append_pair(out, app, *known);
      continue;
    }
    // The type is open: a name that nobody knows is no error, it is just not there.
    const json::object* body = app.body.if_object();
    if (body != nullptr && body->contains(name)) append_pair(out, app, {name});
  }
  out.push_back('}');
}

}  // namespace clawback::lab
