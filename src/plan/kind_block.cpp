#include "plan/kinds.hpp"
#include "plan/shape.hpp"
#include "plan/shape_parts.hpp"

// block-app and confirm-block: a service principal that exists only to be disabled. Source:
// Microsoft Graph servicePrincipal create and update. A create may ignore accountEnabled, so that
// it counts as done when the object is there, and the second action disables it if it has to.
namespace clawback::plan {
namespace {

std::string app_path(Action& action) {
  action.target.app_id = action.target.id;
  action.target.service_principal_id.clear();
  return service_principal_by_app_path(action.target.app_id);
}

json::value of_app(const Action& action) { return json::object{{"appId", action.target.app_id}}; }

json::value switched(const Action& action, bool enabled) {
  return json::object{{"appId", action.target.app_id}, {"accountEnabled", enabled}};
}

}  // namespace

Result<void> shape_block_app(Action& action) {
  const std::string path = app_path(action);
  action.precondition.request = get(path + std::string(app_members));
  action.precondition.before = nullptr;
  action.request = {
      .method = "POST", .path = "/v1.0/servicePrincipals", .body = switched(action, false)};
  action.postcondition.after = of_app(action);
  // The inverse names the new object, whose id is known only afterwards: `undo` fills it in.
  action.reversible = Reversible::recreate;
  action.inverse = std::nullopt;
  action.effect =
      "A disabled service principal keeps the application out of the tenant: no user or guest can "
      "consent to it while it stays disabled; an administrator can enable it.";
  action.residual =
      "Undoing it enables the service principal; the object itself stays, without any permission.";
  return {};
}

Result<void> shape_confirm_block(Action& action) {
  const std::string path = app_path(action);
  action.precondition.request = get(path + std::string(app_members));
  action.precondition.before = switched(action, true);
  action.request = patch(path, json::object{{"accountEnabled", false}});
  action.postcondition.after = switched(action, false);
  action.reversible = Reversible::exact;
  action.inverse = std::nullopt;
  action.effect =
      "The new service principal is disabled, should it have been created enabled. Nothing is sent "
      "when it is disabled already.";
  action.residual = "It is undone together with block-app.";
  return {};
}

}  // namespace clawback::plan
