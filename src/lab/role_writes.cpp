#include "base/digest.hpp"
#include "lab/ids.hpp"
#include "lab/json_text.hpp"
#include "lab/operations.hpp"
#include "lab/roles.hpp"

namespace clawback::lab {
namespace {

enum class Side : std::uint8_t { principal, resource };

Reply remove(Backend& backend, const Call& call, const std::string& parent, Side side) {
  const std::string& id = call.arguments[1];
  const auto fits = [&](const RoleAssignment* role) {
    if (role == nullptr) return false;
    return (side == Side::principal ? role->principal_id : role->resource_id) == parent;
  };
  const RoleAssignment* found = backend.store.truth().role(id);
  if (!fits(found)) {
    if (fits(backend.store.shown().role(id))) return empty_answer();
    // Graph says 400 here, and only the text tells what it means.
    return error_answer(call,
                        {.message = "EntitlementGrant being updated or deleted is not found."});
  }
  record(backend, call,
         changed_app_role(by_app(backend, call), backend.store.truth().tenant(), *found, false));
  backend.store.write(Gone<RoleAssignment>{id}, call.now);
  return empty_answer();
}

Refusal bad_reference() { return {.message = "Not a valid reference update."}; }

bool offers(const ServicePrincipal& resource, const std::string& role_id) {
  if (role_id == zero_guid) return true;
  const json::array* roles = array_at(resource.body, "appRoles");
  if (roles == nullptr) return false;
  return std::ranges::any_of(
      *roles, [&](const json::value& role) { return string_at(role, "id") == role_id; });
}

}  // namespace

namespace {

// `parent` is the object of the path: who is given the role, or what it is a role of.
Reply create(Backend& backend, const Call& call, Side side) {
  const Directory& shown = backend.store.shown();
  const std::string& parent = call.arguments[0];
  if (shown.app(parent) == nullptr) return error_answer(call, not_found(parent).error());
  const auto principal = string_at(call.body, "principalId");
  const auto resource = string_at(call.body, "resourceId");
  const auto role = string_at(call.body, "appRoleId");
  if (!principal || !resource || !role || !is_guid(*role) ||
      (side == Side::principal ? *principal : *resource) != parent) {
    return error_answer(call, bad_reference());
  }
  const bool of_user = side == Side::resource && shown.user(*principal) != nullptr;
  const ServicePrincipal* target = shown.app(*resource);
  if (target == nullptr || (!of_user && shown.app(*principal) == nullptr)) {
    return error_answer(call, bad_reference());
  }
  if (!offers(*target, *role)) {
    return error_answer(call,
                        {.message = "Permission being assigned was not found on application"});
  }
  for (const RoleAssignment* held : backend.store.truth().roles_held_by(*principal)) {
    if (held->resource_id != *resource || held->role_id != *role) continue;
    return error_answer(call,
                        {.message = "Permission being assigned already exists on the object"});
  }
  const RoleAssignment made{.id = assignment_id(backend.random, *principal),
                            .principal_id = *principal,
                            .principal_type = of_user ? "User" : "ServicePrincipal",
                            .resource_id = *resource,
                            .role_id = *role,
                            .created = call.now};
  const Tenant& tenant = backend.store.truth().tenant();
  const Happening happening = by_app(backend, call);
  record(backend, call,
         of_user ? assigned_user(happening, tenant, made)
                 : changed_app_role(happening, tenant, made, true));
  backend.store.write(made, call.now);
  std::string properties;
  append_role(properties, backend.store.truth().tenant(), made, {});
  std::string body = "{\"@odata.context\":";
  append_quoted(body, context_url(call, "appRoleAssignments/$entity"));
  return json_answer(201, body + "," + properties.substr(1));
}

}  // namespace

Reply create_role(Backend& backend, const Call& call) {
  return create(backend, call, Side::principal);
}

Reply create_role_assigned(Backend& backend, const Call& call) {
  return create(backend, call, Side::resource);
}

Reply delete_role_held(Backend& backend, const Call& call) {
  const std::string& id = call.arguments[0];
  if (backend.store.truth().app(id) == nullptr) return error_answer(call, not_found(id).error());
  return remove(backend, call, id, Side::principal);
}

Reply delete_role_assigned(Backend& backend, const Call& call) {
  const std::string& id = call.arguments[0];
  if (backend.store.truth().app(id) == nullptr) return error_answer(call, not_found(id).error());
  return remove(backend, call, id, Side::resource);
}

Reply delete_role_of_user(Backend& backend, const Call& call) {
  const User* user = backend.store.truth().user(call.arguments[0]);
  if (user == nullptr) return error_answer(call, not_found(call.arguments[0]).error());
  return remove(backend, call, user->id, Side::principal);
}

}  // namespace clawback::lab
