#include "plan/kinds.hpp"
#include "plan/projection.hpp"
#include "plan/shape.hpp"
#include "plan/shape_parts.hpp"

// remove-app-role and restore-app-role: application permissions that a service principal holds.
// Source: Microsoft Graph appRoleAssignment.
namespace clawback::plan {
namespace {

constexpr std::initializer_list<std::string_view> role_members = {"principalId", "resourceId",
                                                                  "appRoleId"};

}  // namespace

Result<void> shape_remove_app_role(Action& action) {
  const json::value& before = action.precondition.before;
  if (string_at(before, "id") != action.target.id || !has_members(before, role_members)) {
    return missing(action, "before");
  }
  const std::string client = string_at(before, "principalId").value_or("");
  unassign(action, client, assignments_path(client));
  action.effect =
      "The application loses this permission over all mailboxes that it reached without a user.";
  action.residual =
      "App-only access tokens that were already issued work until they expire, usually within 60 "
      "to 90 minutes.";
  return {};
}

Result<void> shape_restore_app_role(Action& action) {
  if (!has_members(action.postcondition.after, role_members)) return missing(action, "after");
  const std::string client = string_at(action.postcondition.after, "principalId").value_or("");
  assign_again(action, client, assignments_path(client));
  action.effect =
      "The application holds this application permission again, under a new assignment id.";
  action.residual = "The application can use it without a user as soon as it gets a new token.";
  return {};
}

std::vector<Action> plan_remove_app_role(const Planning& planning) {
  std::vector<Action> out;
  for (const domain::AppRoleAssignment& role : planning.finding.app_roles) {
    Action action{.kind = domain::ActionKind::remove_app_role, .because = planning.because};
    action.target = app_target(planning.finding.app, role.id.str());
    action.precondition.before = project(role);
    out.push_back(std::move(action));
  }
  return out;
}

}  // namespace clawback::plan
