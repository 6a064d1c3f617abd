#include "lab/routes.hpp"

#include "base/digest.hpp"

namespace clawback::lab {
namespace {

using Permissions = std::vector<std::string_view>;

const Permissions read_grants = {"Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All",
                                 "Directory.ReadWrite.All"};
const Permissions write_grants = {"DelegatedPermissionGrant.ReadWrite.All",
                                  "Directory.ReadWrite.All"};
const Permissions read_apps = {"Application.Read.All", "Application.ReadWrite.OwnedBy",
                               "Directory.Read.All", "Application.ReadWrite.All",
                               "Directory.ReadWrite.All"};
const Permissions write_apps = {"Application.ReadWrite.OwnedBy", "Application.ReadWrite.All",
                                "Directory.ReadWrite.All"};
const Permissions write_roles = {"AppRoleAssignment.ReadWrite.All", "Application.ReadWrite.All"};
std::vector<Route> grant_routes() {
  return {
      {.id = "oauth2PermissionGrant_delta",
       .method = "GET",
       .path = "/oauth2PermissionGrants/delta",
       .permissions = read_grants,
       .statuses = {200},
       .handler = delta_of_grants},
      {.id = "oauth2PermissionGrant_list",
       .method = "GET",
       .path = "/oauth2PermissionGrants",
       .permissions = read_grants,
       .statuses = {200},
       .units = 2,
       .top_max = 999,
       .handler = list_grants},
      {.id = "oauth2PermissionGrant_get",
       .method = "GET",
       .path = "/oauth2PermissionGrants/{id}",
       .permissions = read_grants,
       .statuses = {200},
       .units = 2,
       .handler = get_grant},
      {.id = "oauth2PermissionGrant_create",
       .method = "POST",
       .path = "/oauth2PermissionGrants",
       .permissions = write_grants,
       .statuses = {201},
       .handler = create_grant},
      {.id = "oauth2PermissionGrant_update",
       .method = "PATCH",
       .path = "/oauth2PermissionGrants/{id}",
       .permissions = write_grants,
       .statuses = {204},
       .handler = update_grant},
      {.id = "oauth2PermissionGrant_delete",
       .method = "DELETE",
       .path = "/oauth2PermissionGrants/{id}",
       .permissions = write_grants,
       .statuses = {204},
       .handler = delete_grant},
      {.id = "servicePrincipal_listOauth2PermissionGrants",
       .method = "GET",
       .path = "/servicePrincipals/{id}/oauth2PermissionGrants",
       .permissions = read_grants,
       .statuses = {200},
       .top_max = 999,
       .handler = list_grants_of_app},
      {.id = "user_listOauth2PermissionGrants",
       .method = "GET",
       .path = "/users/{id}/oauth2PermissionGrants",
       .permissions = {"Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"},
       .statuses = {200},
       .top_max = 999,
       .handler = list_grants_of_user},
  };
}

std::vector<Route> app_routes() {
  return {
      {.id = "servicePrincipal_count",
       .method = "GET",
       .path = "/servicePrincipals/$count",
       .permissions = read_apps,
       .statuses = {200},
       .handler = count_apps},
      {.id = "servicePrincipal_delta",
       .method = "GET",
       .path = "/servicePrincipals/delta",
       .permissions = read_apps,
       .statuses = {200},
       .handler = delta_of_apps},
      {.id = "servicePrincipal_list",
       .method = "GET",
       .path = "/servicePrincipals",
       .permissions = read_apps,
       .statuses = {200},
       .top_max = 999,
       .handler = list_apps},
      {.id = "servicePrincipal_getByAppId",
       .method = "GET",
       .path = "/servicePrincipals(appId='{appId}')",
       .permissions = read_apps,
       .statuses = {200},
       .handler = get_app_by_app_id},
      {.id = "servicePrincipal_get",
       .method = "GET",
       .path = "/servicePrincipals/{id}",
       .permissions = read_apps,
       .statuses = {200},
       .handler = get_app},
      {.id = "servicePrincipal_create",
       .method = "POST",
       .path = "/servicePrincipals",
       .permissions = write_apps,
       .statuses = {201},
       .handler = create_app},
      {.id = "servicePrincipal_upsertByAppId",
       .method = "PATCH",
       .path = "/servicePrincipals(appId='{appId}')",
       .permissions = write_apps,
       .statuses = {201, 204},
       .handler = upsert_app},
      {.id = "servicePrincipal_update",
       .method = "PATCH",
       .path = "/servicePrincipals/{id}",
       .permissions = write_apps,
       .statuses = {204},
       .handler = update_app},
      {.id = "servicePrincipal_delete",
       .method = "DELETE",
       .path = "/servicePrincipals/{id}",
       .permissions = write_apps,
       .statuses = {204},
       .handler = delete_app},
      {.id = "servicePrincipal_listOwners",
       .method = "GET",
       .path = "/servicePrincipals/{id}/owners",
       .permissions = read_apps,
       .statuses = {200},
       .top_max = 999,
       .handler = list_owners},
  };
}

std::vector<Route> role_routes() {
  return {
      {.id = "servicePrincipal_listAppRoleAssignments",
       .method = "GET",
       .path = "/servicePrincipals/{id}/appRoleAssignments",
       .permissions = read_apps,
       .statuses = {200},
       .units = 2,
       .top_max = 999,
       .handler = list_roles_held},
      {.id = "servicePrincipal_listAppRoleAssignedTo",
       .method = "GET",
       .path = "/servicePrincipals/{id}/appRoleAssignedTo",
       .permissions = read_apps,
       .statuses = {200},
       .top_max = 999,
       .handler = list_roles_assigned},
      {.id = "servicePrincipal_createAppRoleAssignment",
       .method = "POST",
       .path = "/servicePrincipals/{id}/appRoleAssignments",
       .permissions = {"AppRoleAssignment.ReadWrite.All"},
       .statuses = {201},
       .handler = create_role},
      {.id = "servicePrincipal_createAppRoleAssignedTo",
       .method = "POST",
       .path = "/servicePrincipals/{id}/appRoleAssignedTo",
       .permissions = {"AppRoleAssignment.ReadWrite.All"},
       .statuses = {201},
       .handler = create_role_assigned},
      {.id = "servicePrincipal_deleteAppRoleAssignment",
       .method = "DELETE",
       .path = "/servicePrincipals/{id}/appRoleAssignments/{assignmentId}",
       .permissions = write_roles,
       .statuses = {204},
       .handler = delete_role_held},
      {.id = "servicePrincipal_deleteAppRoleAssignedTo",
       .method = "DELETE",
       .path = "/servicePrincipals/{resourceSpId}/appRoleAssignedTo/{assignmentId}",
       .permissions = write_roles,
       .statuses = {204},
       .handler = delete_role_assigned},
      {.id = "user_listAppRoleAssignments",
       .method = "GET",
       .path = "/users/{id}/appRoleAssignments",
       .permissions = {"Directory.Read.All", "AppRoleAssignment.ReadWrite.All"},
       .statuses = {200},
       .top_max = 999,
       .handler = list_roles_of_user},
      {.id = "user_deleteAppRoleAssignment",
       .method = "DELETE",
       .path = "/users/{id}/appRoleAssignments/{assignmentId}",
       .permissions = {"AppRoleAssignment.ReadWrite.All"},
       .statuses = {204},
       .handler = delete_role_of_user},
  };
}

std::vector<Route> all_routes() {
  std::vector<Route> all;
  for (auto part :
       {grant_routes(), app_routes(), role_routes(), user_routes(), report_and_policy_routes()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace

std::span<const Route> routes() {
  static const std::vector<Route> all = all_routes();
  return all;
}

}  // namespace clawback::lab
