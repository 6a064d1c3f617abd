#include <fmt/format.h>

#include "plan/kinds.hpp"
#include "plan/projection.hpp"
#include "plan/shape.hpp"
#include "plan/shape_parts.hpp"

// remove-assignment and restore-assignment: users and groups that are assigned to an application.
// Source: Microsoft Graph appRoleAssignedTo of the client's service principal; a consent assigns
// the user with the zero role.
namespace clawback::plan {
namespace {

constexpr std::initializer_list<std::string_view> assignment_members = {
    "principalId", "principalType", "resourceId", "appRoleId"};

bool is_user(const json::value& assignment) {
  return string_at(assignment, "principalType") == "User";
}

bool usable(const json::value& assignment) {
  return has_members(assignment, assignment_members) &&
         (is_user(assignment) || string_at(assignment, "principalType") == "Group");
}

}  // namespace

Result<void> shape_remove_assignment(Action& action) {
  const json::value& before = action.precondition.before;
  if (string_at(before, "id") != action.target.id || !usable(before)) {
    return missing(action, "before");
  }
  const std::string client = string_at(before, "resourceId").value_or("");
  unassign(action, client, assigned_to_path(client));
  action.effect = is_user(before)
                      ? "This user is no longer assigned to the application."
                      : "The members of this group are no longer assigned to the application.";
  action.residual =
      "Tokens that were already issued are not touched. Who is not assigned can still sign in to "
      "an application that does not require assignment, and a new consent assigns again.";
  return {};
}

Result<void> shape_restore_assignment(Action& action) {
  if (!usable(action.postcondition.after)) return missing(action, "after");
  const std::string client = string_at(action.postcondition.after, "resourceId").value_or("");
  assign_again(action, client, assigned_to_path(client));
  action.effect =
      fmt::format("This {} is assigned to the application again, under a new assignment id.",
                  is_user(action.postcondition.after) ? "user" : "group");
  action.residual = "The assignment alone gives the application no permission.";
  return {};
}

std::vector<Action> plan_remove_assignment(const Planning& planning) {
  const domain::ServicePrincipal& app = planning.finding.app;
  const auto* read = domain::find_assignments(planning.snapshot, app.id);
  if (read == nullptr) {
    planning.refused.push_back(
        {.finding = planning.finding.key,
         .target = app.id.str(),
         .reason =
             fmt::format("remove-assignment: who is assigned to it was not read{}",
                         why_not_read(planning.snapshot.coverage, domain::source::assignments))});
    return {};
  }
  std::vector<Action> out;
  for (const domain::Assignment& assignment : read->assignments) {
    // What another application holds on this one is no user's access.
    if (assignment.principal_type != "User" && assignment.principal_type != "Group") continue;
    Action action{.kind = domain::ActionKind::remove_assignment, .because = planning.because};
    action.target = app_target(app, assignment.id.str());
    action.precondition.before = project(assignment);
    out.push_back(std::move(action));
  }
  return out;
}

}  // namespace clawback::plan
