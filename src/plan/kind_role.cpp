#include "base/safe_text.hpp"
#include "plan/kinds.hpp"
#include "plan/projection.hpp"
#include "plan/shape.hpp"
#include "plan/shape_parts.hpp"

// remove-app-role and restore-app-role: application permissions that a service principal holds.
// Source: Microsoft Graph appRoleAssignment; removal with the resource as the parent is the form
// that Microsoft recommends.
namespace clawback::plan {
namespace {

constexpr std::initializer_list<std::string_view> role_members = {"principalId", "resourceId",
                                                                  "appRoleId"};

Request create_assignment(const json::value& assignment) {
  const std::string client = string_at(assignment, "principalId").value_or("");
  json::object body;
  body["principalId"] = client;
  body["resourceId"] = string_at(assignment, "resourceId").value_or("");
  body["appRoleId"] = string_at(assignment, "appRoleId").value_or("");
  return {.method = "POST", .path = assignments_path(client), .body = std::move(body)};
}

}  // namespace

Result<void> shape_remove_app_role(Action& action) {
  const json::value& before = action.precondition.before;
  if (string_at(before, "id") != action.target.id || !has_members(before, role_members)) {
    return missing(action, "before");
  }
  const std::string client = string_at(before, "principalId").value_or("");
  const std::string resource = string_at(before, "resourceId").value_or("");
  action.target.service_principal_id = client;
  action.precondition.request = get(assignments_path(client) + "?$top=999");
  action.request = {.method = "DELETE",
                    .path = service_principal_path(resource) + "/appRoleAssignedTo/" +
                            percent_encode(action.target.id),
                    .body = nullptr};
  action.postcondition.after = nullptr;
  action.reversible = Reversible::recreate;
  action.inverse = create_assignment(before);
  action.effect =
      "The application loses this permission over all mailboxes that it reached without a user.";
  action.residual =
      "App-only access tokens that were already issued work until they expire, usually within 60 "
      "to 90 minutes.";
  return {};
}

Result<void> shape_restore_app_role(Action& action) {
  if (!has_members(action.postcondition.after, role_members)) return missing(action, "after");
  action.postcondition.after = without_id(action.postcondition.after);
  const json::value& after = action.postcondition.after;
  const std::string client = string_at(after, "principalId").value_or("");
  action.target.service_principal_id = client;
  action.precondition.request = get(assignments_path(client) + "?$top=999");
  action.precondition.before = nullptr;
  action.request = create_assignment(after);
  // The inverse names the new assignment, whose id is known only afterwards: `undo` fills it in.
  action.reversible = Reversible::exact;
  action.inverse = std::nullopt;
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
