#include <array>
#include <boost/json/object.hpp>

#include "base/digest.hpp"
#include "lab/apps.hpp"
#include "lab/json_text.hpp"
#include "lab/operations.hpp"
#include "lab/service_principals.hpp"

namespace clawback::lab {
namespace {

constexpr std::array<std::string_view, 6> writable = {
    "appRoleAssignmentRequired", "description", "loginUrl", "notes",
    "preferredSingleSignOnMode", "tags"};

std::optional<Refusal> wrong_type(std::string_view property) {
  return Refusal{.code = "BadRequest",
                 .message = "The value of property '" + std::string(property) +
                            "' has another type than the property."};
}

// Takes the members of a PATCH or POST body over into `app`.
std::optional<Refusal> take_members(const json::value& body, ServicePrincipal& app) {
  const json::object* members = body.if_object();
  if (members == nullptr) return wrong_type("(body)");
  for (const auto& [name, value] : *members) {
    if (name == "accountEnabled") {
      // The string "false", as some scripts send it, is no Boolean.
      if (!value.is_bool()) return wrong_type(name);
      app.account_enabled = value.get_bool();
    } else if (name == "displayName") {
      if (!value.is_string()) return wrong_type(name);
      app.display_name = value.get_string();
    } else if (std::ranges::find(writable, std::string_view(name)) != writable.end()) {
      app.body.as_object()[name] = value;
    } else if (name != "appId") {
      return Refusal{.message = "Property '" + std::string(name) +
                                "' does not exist as a declared property or is read-only."};
    }
  }
  return std::nullopt;
}

// Application.ReadWrite.OwnedBy covers what the caller owns; here no application owns another.
bool only_owned(const Call& call) {
  return !call.caller.roles.contains("Application.ReadWrite.All") &&
         !call.caller.roles.contains("Directory.ReadWrite.All");
}

Refusal denied() {
  return {.status = 403,
          .code = "Authorization_RequestDenied",
          .message = "Insufficient privileges to complete the operation."};
}

Reply change(Backend& backend, const Call& call, const ServicePrincipal& found) {
  if (only_owned(call) && found.app_id != call.caller.app_id) return error_answer(call, denied());
  ServicePrincipal app = found;
  if (const auto refusal = take_members(call.body, app)) return error_answer(call, *refusal);
  if (app.account_enabled != found.account_enabled) {
    record(backend, call,
           switched_service_principal(by_app(backend, call), app, found.account_enabled));
  }
  backend.store.write(app, call.now);
  return empty_answer();
}

Reply create(Backend& backend, const Call& call, const std::string& app_id) {
  AppSpec spec;
  spec.app_id = to_lower(app_id);
  spec.display_name = "Application " + spec.app_id.substr(0, 8);
  spec.owner_tenant = backend.random.guid();
  spec.created = call.now;
  spec.user_consented = false;
  ServicePrincipal app = make_app(backend.random, spec);
  const auto& gone = backend.options.uncreatable;
  if (std::ranges::find(gone, spec.app_id) != gone.end()) {
    return error_answer(call, {.message = "The appId '" + spec.app_id +
                                          "' of the service principal does not reference a valid "
                                          "application object."});
  }
  if (const auto refusal = take_members(call.body, app)) return error_answer(call, *refusal);
  if (backend.options.create_ignores_disabled) app.account_enabled = true;
  record(backend, call, added_service_principal(by_app(backend, call), app));
  backend.store.write(app, call.now);
  Reply reply = json_answer(201, app_entity(call, app));
  reply.headers.push_back({"Location", call.origin + "/v1.0/servicePrincipals/" + app.id});
  return reply;
}

void delete_with_everything(Backend& backend, const Call& call, const ServicePrincipal& app) {
  const Directory& truth = backend.store.truth();
  std::vector<std::string> grants;
  for (const auto& [id, grant] : truth.tenant().grants) {
    if (grant.client_id == app.id || grant.resource_id == app.id) grants.push_back(id);
  }
  std::vector<std::string> roles;
  for (const auto& [id, role] : truth.tenant().role_assignments) {
    if (role.principal_id == app.id || role.resource_id == app.id) roles.push_back(id);
  }
  const std::string id = app.id;
  for (const std::string& grant : grants) backend.store.write(Gone<Grant>{grant}, call.now);
  for (const std::string& role : roles) backend.store.write(Gone<RoleAssignment>{role}, call.now);
  backend.store.write(Gone<ServicePrincipal>{id}, call.now);
}

}  // namespace

Reply create_app(Backend& backend, const Call& call) {
  const auto app_id = string_at(call.body, "appId");
  if (!app_id || !is_guid(*app_id) || *app_id == zero_guid) {
    return error_answer(call, {.message = "The appId of the service principal does not reference a "
                                          "valid application object."});
  }
  if (backend.store.truth().app_by_app_id(*app_id) != nullptr) {
    return error_answer(call, {.status = 409,
                               .code = "Request_MultipleObjectsWithSameKeyValue",
                               .message = "The service principal cannot be created, updated, or "
                                          "restored because the service principal name " +
                                          *app_id + " is already in use."});
  }
  return create(backend, call, *app_id);
}

Reply update_app(Backend& backend, const Call& call) {
  const std::string& id = call.arguments[0];
  const ServicePrincipal* found = backend.store.truth().app(id);
  if (found != nullptr) return change(backend, call, *found);
  if (!is_guid(id))
    return error_answer(call, {.message = "Invalid object identifier '" + id + "'."});
  return error_answer(call, not_found(id).error());
}

Reply upsert_app(Backend& backend, const Call& call) {
  const std::string& app_id = call.arguments[0];
  const ServicePrincipal* found = backend.store.truth().app_by_app_id(app_id);
  if (found != nullptr) return change(backend, call, *found);
  if (!call.create_if_missing) return error_answer(call, not_found(app_id).error());
  if (!is_guid(app_id) || app_id == zero_guid) {
    return error_answer(call, {.message = "Invalid application identifier '" + app_id + "'."});
  }
  return create(backend, call, app_id);
}

Reply delete_app(Backend& backend, const Call& call) {
  const ServicePrincipal* found = backend.store.truth().app(call.arguments[0]);
  if (found == nullptr) return error_answer(call, not_found(call.arguments[0]).error());
  if (only_owned(call) && found->app_id != call.caller.app_id) {
    return error_answer(call, denied());
  }
  record(backend, call, removed_service_principal(by_app(backend, call), *found));
  delete_with_everything(backend, call, *found);
  return empty_answer();
}

}  // namespace clawback::lab
