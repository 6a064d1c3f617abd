#include "plan/shape.hpp"

#include <fmt/format.h>

#include "base/safe_text.hpp"
#include "plan/projection.hpp"
#include "plan/shape_kinds.hpp"

namespace clawback::plan {
namespace {

using domain::ActionKind;

json::value without_id(const json::value& projection) {
  json::value out = projection;
  if (out.is_object()) out.get_object().erase("id");
  return out;
}

Error missing(const Action& action, std::string_view what) {
  return Error{.code = Errc::invalid,
               .message = fmt::format("action {}: {} has no usable {}", printable(action.id, 20),
                                      domain::name_of(action.kind), what),
               .hint = "make the plan again with `clawback plan`"};
}

bool has_members(const json::value& value, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (!string_at(value, key)) return false;
  }
  return true;
}

constexpr std::initializer_list<std::string_view> grant_members = {"clientId", "resourceId",
                                                                   "consentType"};
constexpr std::initializer_list<std::string_view> role_members = {"principalId", "resourceId",
                                                                  "appRoleId"};

// The guards look at `service_principal_id`; so it is what the request is about, never what a file
// says.
void name_target(Action& action, std::string_view kind, const std::string& service_principal) {
  action.target.kind = kind;
  action.target.service_principal_id = service_principal;
}

void name_target(Action& action) {
  const json::value& before = action.precondition.before;
  const json::value& after = action.postcondition.after;
  switch (action.kind) {
    case ActionKind::disable_app:
    case ActionKind::enable_app:
      return name_target(action, "servicePrincipal", action.target.id);
    case ActionKind::block_app:
      action.target.app_id = action.target.id;
      return name_target(action, "application", {});
    case ActionKind::revoke_sessions:
      return name_target(action, "user", action.target.service_principal_id);
    case ActionKind::revoke_grant:
      return name_target(action, "oauth2PermissionGrant",
                         string_at(before, "clientId").value_or(""));
    case ActionKind::restore_grant:
      return name_target(action, "oauth2PermissionGrant",
                         string_at(after, "clientId").value_or(""));
    case ActionKind::remove_app_role:
      return name_target(action, "appRoleAssignment",
                         string_at(before, "principalId").value_or(""));
    case ActionKind::restore_app_role:
      return name_target(action, "appRoleAssignment", string_at(after, "principalId").value_or(""));
  }
}

}  // namespace

Result<void> shape(Action& action) {
  if (action.target.id.empty()) return missing(action, "target");
  name_target(action);
  const json::value& before = action.precondition.before;
  switch (action.kind) {
    case ActionKind::disable_app:
      disable_app(action);
      break;
    case ActionKind::enable_app:
      enable_app(action);
      break;
    case ActionKind::block_app:
      block_app(action);
      break;
    case ActionKind::revoke_sessions:
      revoke_sessions(action);
      break;
    case ActionKind::revoke_grant:
      if (string_at(before, "id") != action.target.id || !has_members(before, grant_members))
        return missing(action, "before");
      revoke_grant(action);
      break;
    case ActionKind::remove_app_role:
      if (string_at(before, "id") != action.target.id || !has_members(before, role_members))
        return missing(action, "before");
      remove_app_role(action);
      break;
    case ActionKind::restore_grant:
      if (!has_members(action.postcondition.after, grant_members)) return missing(action, "after");
      action.postcondition.after = without_id(action.postcondition.after);
      restore_grant(action);
      break;
    case ActionKind::restore_app_role:
      if (!has_members(action.postcondition.after, role_members)) return missing(action, "after");
      action.postcondition.after = without_id(action.postcondition.after);
      restore_app_role(action);
      break;
  }
  action.precondition.hash = hash_of(action.precondition.before);
  return {};
}

}  // namespace clawback::plan
