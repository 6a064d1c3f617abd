#include "plan/kinds.hpp"
#include "plan/shape.hpp"
#include "plan/shape_parts.hpp"

// disable-app and enable-app. Source: Microsoft Graph servicePrincipal update; the incident
// response playbook for consent grants: disable, never delete.
namespace clawback::plan {
namespace {

json::value enabled_body(bool enabled) { return json::object{{"accountEnabled", enabled}}; }

json::value with_enabled(const Target& target, bool enabled) {
  return json::object{{"id", target.id}, {"appId", target.app_id}, {"accountEnabled", enabled}};
}

void switch_app(Action& action, bool enabled) {
  // The guards look at `service_principal_id`; so it is what the request is about, never what a
  // file says.
  action.target.service_principal_id = action.target.id;
  const std::string path = service_principal_path(action.target.id);
  action.precondition.request = get(path + std::string(app_members));
  action.precondition.before = with_enabled(action.target, !enabled);
  action.request = patch(path, enabled_body(enabled));
  action.postcondition.after = with_enabled(action.target, enabled);
  action.reversible = Reversible::exact;
  action.inverse = patch(path, enabled_body(!enabled));
}

}  // namespace

Result<void> shape_disable_app(Action& action) {
  switch_app(action, false);
  action.effect =
      "No new token is issued to this application for anyone in the tenant, and no user or guest "
      "can consent to it while it stays disabled; an administrator can enable it again.";
  action.residual = tokens_live_on;
  return {};
}

Result<void> shape_enable_app(Action& action) {
  switch_app(action, true);
  action.effect =
      "The application gets tokens again for whoever has a grant, and users can consent to it.";
  action.residual = "Whoever used the application before has to sign in to it again.";
  return {};
}

std::vector<Action> plan_disable_app(const Planning& planning) {
  if (planning.finding.app.account_enabled != true) return {};
  Action action{.kind = domain::ActionKind::disable_app, .because = planning.because};
  action.target = app_target(planning.finding.app, planning.finding.app.id.str());
  return {std::move(action)};
}

}  // namespace clawback::plan
