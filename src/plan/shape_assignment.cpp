#include "base/safe_text.hpp"
#include "plan/shape.hpp"
#include "plan/shape_parts.hpp"

namespace clawback::plan {
namespace {

Request create(const std::string& list, const json::value& assignment) {
  json::object body;
  for (const std::string_view key : {"principalId", "resourceId", "appRoleId"}) {
    body[key] = string_at(assignment, key).value_or("");
  }
  return {.method = "POST", .path = list, .body = std::move(body)};
}

}  // namespace

std::string assigned_to_path(const std::string& resource) {
  return service_principal_path(resource) + "/appRoleAssignedTo";
}

void unassign(Action& action, const std::string& client, const std::string& list) {
  const json::value& before = action.precondition.before;
  const std::string resource = string_at(before, "resourceId").value_or("");
  action.target.service_principal_id = client;
  action.precondition.request = get(list + "?$top=999");
  action.request = {.method = "DELETE",
                    .path = assigned_to_path(resource) + "/" + percent_encode(action.target.id),
                    .body = nullptr};
  action.postcondition.after = nullptr;
  action.reversible = Reversible::recreate;
  action.inverse = create(list, before);
}

void assign_again(Action& action, const std::string& client, const std::string& list) {
  action.postcondition.after = without_id(action.postcondition.after);
  action.target.service_principal_id = client;
  action.precondition.request = get(list + "?$top=999");
  action.precondition.before = nullptr;
  action.request = create(list, action.postcondition.after);
  // The inverse names the new assignment, whose id is known only afterwards: `undo` fills it in.
  action.reversible = Reversible::exact;
  action.inverse = std::nullopt;
}

}  // namespace clawback::plan
