#include "graph/operations.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "base/digest.hpp"
#include "base/safe_text.hpp"

namespace clawback::graph {
namespace {

using Permissions = std::vector<std::string_view>;

Operation reads(std::string_view id, std::string_view path, Permissions permissions,
                int top_max = 0) {
  return {.id = id,
          .method = "GET",
          .path = path,
          .writes = false,
          .statuses = {200},
          .permissions = std::move(permissions),
          .top_max = top_max,
          .headers = {}};
}

Operation reads_beta(std::string_view id, std::string_view path, Permissions permissions,
                     int top_max = 0) {
  Operation out = reads(id, path, std::move(permissions), top_max);
  out.version = "/beta";
  return out;
}

Operation writes(std::string_view id, std::string_view method, std::string_view path, int status,
                 Permissions permissions) {
  return {.id = id,
          .method = method,
          .path = path,
          .writes = true,
          .statuses = {status},
          .permissions = std::move(permissions),
          .top_max = 0,
          .headers = {}};
}

// The first permission is the one to ask an administrator for. Application.ReadWrite.OwnedBy is
// left out where Graph would take it: it covers only applications of the caller's own, and ours are
// others'.
std::vector<Operation> make_operations() {
  const Permissions grants_read{"Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All",
                                "Directory.ReadWrite.All"};
  const Permissions grants_write{"DelegatedPermissionGrant.ReadWrite.All",
                                 "Directory.ReadWrite.All"};
  const Permissions apps_read{"Application.Read.All", "Directory.Read.All",
                              "Application.ReadWrite.All"};
  const Permissions apps_write{"Application.ReadWrite.All", "Directory.ReadWrite.All"};
  const Permissions roles_write{"AppRoleAssignment.ReadWrite.All"};
  const Permissions users_read{"User.Read.All", "Directory.Read.All", "User.ReadWrite.All",
                               "Directory.ReadWrite.All"};
  const Permissions rules_read{"MailboxSettings.Read"};
  Operation batch = reads("batch_post", "/$batch", {});
  batch.method = "POST";
  // Never with "Prefer: create-if-missing": it changes what is there.
  Operation by_app_id = writes("servicePrincipal_upsertByAppId", "PATCH",
                               "/servicePrincipals(appId='{appId}')", 204, apps_write);
  by_app_id.statuses = {201, 204};
  return {
      reads("oauth2PermissionGrant_list", "/oauth2PermissionGrants", grants_read, 999),
      reads("oauth2PermissionGrant_get", "/oauth2PermissionGrants/{id}", grants_read),
      writes("oauth2PermissionGrant_create", "POST", "/oauth2PermissionGrants", 201, grants_write),
      writes("oauth2PermissionGrant_update", "PATCH", "/oauth2PermissionGrants/{id}", 204,
             grants_write),
      writes("oauth2PermissionGrant_delete", "DELETE", "/oauth2PermissionGrants/{id}", 204,
             grants_write),
      reads("servicePrincipal_list", "/servicePrincipals", apps_read, 999),
      reads("servicePrincipal_get", "/servicePrincipals/{id}", apps_read),
      reads("servicePrincipal_getByAppId", "/servicePrincipals(appId='{appId}')", apps_read),
      writes("servicePrincipal_create", "POST", "/servicePrincipals", 201, apps_write),
      writes("servicePrincipal_update", "PATCH", "/servicePrincipals/{id}", 204, apps_write),
      by_app_id,
      reads("servicePrincipal_listAppRoleAssignments", "/servicePrincipals/{id}/appRoleAssignments",
            apps_read, 999),
      reads("servicePrincipal_listAppRoleAssignedTo", "/servicePrincipals/{id}/appRoleAssignedTo",
            apps_read, 999),
      writes("servicePrincipal_createAppRoleAssignment", "POST",
             "/servicePrincipals/{id}/appRoleAssignments", 201, roles_write),
      writes("servicePrincipal_deleteAppRoleAssignment", "DELETE",
             "/servicePrincipals/{id}/appRoleAssignments/{assignmentId}", 204, roles_write),
      writes("servicePrincipal_createAppRoleAssignedTo", "POST",
             "/servicePrincipals/{id}/appRoleAssignedTo", 201, roles_write),
      writes("servicePrincipal_deleteAppRoleAssignedTo", "DELETE",
             "/servicePrincipals/{resourceSpId}/appRoleAssignedTo/{assignmentId}", 204,
             roles_write),
      reads("user_get", "/users/{id}", users_read),
      reads("user_list", "/users", users_read, 999),
      writes("user_update_accountEnabled", "PATCH", "/users/{id}", 204,
             {"User.EnableDisableAccount.All", "User.ReadWrite.All", "Directory.ReadWrite.All"}),
      reads("messageRule_list", "/users/{id}/mailFolders/inbox/messageRules", rules_read),
      reads("messageRule_get", "/users/{id}/mailFolders/inbox/messageRules/{ruleId}", rules_read),
      writes("messageRule_update", "PATCH", "/users/{id}/mailFolders/inbox/messageRules/{ruleId}",
             200, {"MailboxSettings.ReadWrite"}),
      writes("user_revokeSignInSessions", "POST", "/users/{id}/revokeSignInSessions", 200,
             {"User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All"}),
      reads("directoryAudit_list", "/auditLogs/directoryAudits", {"AuditLog.Read.All"}, 1000),
      reads("signIn_list", "/auditLogs/signIns", {"AuditLog.Read.All"}, 1000),
      reads_beta("signIn_list_beta", "/auditLogs/signIns", {"AuditLog.Read.All"}, 1000),
      reads_beta("servicePrincipalSignInActivity_list", "/reports/servicePrincipalSignInActivities",
                 {"AuditLog.Read.All"}, 999),
      reads("authorizationPolicy_get", "/policies/authorizationPolicy",
            {"Policy.Read.All", "Policy.ReadWrite.Authorization"}),
      writes("authorizationPolicy_update", "PATCH", "/policies/authorizationPolicy", 204,
             {"Policy.ReadWrite.Authorization"}),
      reads("permissionGrantPolicy_list", "/policies/permissionGrantPolicies",
            {"Policy.Read.PermissionGrant", "Policy.ReadWrite.PermissionGrant"}),
      reads("adminConsentRequestPolicy_get", "/policies/adminConsentRequestPolicy",
            {"Policy.Read.All", "Policy.ReadWrite.ConsentRequest", "Directory.Read.All"}),
      writes("adminConsentRequestPolicy_update", "PUT", "/policies/adminConsentRequestPolicy", 204,
             {"Policy.ReadWrite.ConsentRequest"}),
      reads("conditionalAccessPolicy_list", "/identity/conditionalAccess/policies",
            {"Policy.Read.All"}),
      writes("conditionalAccessPolicy_create", "POST", "/identity/conditionalAccess/policies", 201,
             {"Policy.ReadWrite.ConditionalAccess"}),
      writes("conditionalAccessPolicy_update", "PATCH", "/identity/conditionalAccess/policies/{id}",
             204, {"Policy.ReadWrite.ConditionalAccess"}),
      reads("organization_list", "/organization", {"Organization.Read.All", "Directory.Read.All"}),
      batch,
  };
}

const std::vector<Operation>& table() {
  static const std::vector<Operation> all = make_operations();
  return all;
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

// A path parameter as make_call writes it: unreserved characters and escapes, and none of the
// escapes that a server or proxy may take for a path separator or a dot segment.
bool is_parameter(std::string_view text) {
  if (text.empty()) return false;
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      if (!is_unreserved(text[i])) return false;
      plain += text[i];
      continue;
    }
    if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
    const auto byte = static_cast<unsigned char>(
        std::strtoul(std::string(text.substr(i + 1, 2)).c_str(), nullptr, 16));
    if (byte < 0x20 || byte == 0x7F || byte == '/' || byte == '\\' || byte == '%') return false;
    plain += static_cast<char>(byte);
    i += 2;
  }
  return plain != "." && plain != "..";
}

bool segment_matches(std::string_view pattern, std::string_view segment) {
  const std::size_t open = pattern.find('{');
  if (open == std::string_view::npos) return pattern == segment;
  const std::string_view before = pattern.substr(0, open);
  const std::string_view after = pattern.substr(pattern.find('}') + 1);
  if (segment.size() <= before.size() + after.size()) return false;
  if (!segment.starts_with(before) || !segment.ends_with(after)) return false;
  segment.remove_prefix(before.size());
  segment.remove_suffix(after.size());
  return is_parameter(segment);
}

bool path_matches(std::string_view pattern, std::string_view path) {
  while (!pattern.empty() && !path.empty()) {
    pattern.remove_prefix(1);
    path.remove_prefix(1);
    const std::size_t pattern_end = std::min(pattern.find('/'), pattern.size());
    const std::size_t path_end = std::min(path.find('/'), path.size());
    if (!segment_matches(pattern.substr(0, pattern_end), path.substr(0, path_end))) return false;
    pattern.remove_prefix(pattern_end);
    path.remove_prefix(path_end);
  }
  return pattern.empty() && path.empty();
}

// What OData leaves to us: everything that is not allowed raw in a query.
std::string encode_query(std::string_view query) {
  constexpr std::string_view raw = "$&=(),/:;@*!";
  std::string out;
  for (const char c : query) {
    if (is_unreserved(c) || raw.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += percent_encode(std::string_view(&c, 1));
    }
  }
  return out;
}

[[noreturn]] void our_mistake(std::string_view what, std::string_view id) {
  std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(id.size()), id.data(),
               static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace

std::span<const Operation> operations() { return table(); }

const Operation& operation(std::string_view id) {
  const auto found = std::find_if(table().begin(), table().end(),
                                  [&](const Operation& one) { return one.id == id; });
  if (found == table().end()) our_mistake("no such Graph operation", id);
  return *found;
}

const Operation* match(std::string_view method, std::string_view path) {
  std::string_view version = "/v1.0";
  if (path.starts_with("/beta/")) version = "/beta";
  if (path.starts_with(version) && path.substr(version.size()).starts_with('/')) {
    path.remove_prefix(version.size());
  }
  path = path.substr(0, path.find('?'));
  if (!path.starts_with('/')) return nullptr;
  const auto found = std::find_if(table().begin(), table().end(), [&](const Operation& one) {
    return one.version == version && one.method == method && path_matches(one.path, path);
  });
  return found != table().end() ? &*found : nullptr;
}

Call make_call(std::string_view operation_id, const std::vector<std::string>& parameters,
               std::string_view query, json::value body) {
  const Operation& of = operation(operation_id);
  std::string path(of.version);
  std::string_view rest = of.path;
  std::size_t used = 0;
  for (std::size_t open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
    if (used == parameters.size()) our_mistake("too few path parameters", operation_id);
    path += rest.substr(0, open);
    path += percent_encode(parameters[used++]);
    rest.remove_prefix(rest.find('}') + 1);
  }
  if (used != parameters.size()) our_mistake("too many path parameters", operation_id);
  path += rest;
  if (!query.empty()) path += "?" + encode_query(query);
  return {.operation = std::string(of.id),
          .method = std::string(of.method),
          .path = std::move(path),
          .body = std::move(body)};
}

}  // namespace clawback::graph
