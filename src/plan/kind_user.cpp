#include "plan/kinds.hpp"
#include "plan/shape_parts.hpp"

// revoke-sessions. Source: Microsoft Graph user revokeSignInSessions; it does not reach guests,
// whose sessions are the home tenant's.
namespace clawback::plan {

Result<void> shape_revoke_sessions(Action& action) {
  const std::string path = user_path(action.target.id);
  action.precondition.request = get(path + std::string(user_members));
  action.precondition.before = json::object{{"id", action.target.id}};
  action.request = {.method = "POST", .path = path + "/revokeSignInSessions", .body = nullptr};
  action.postcondition.after =
      json::object{{"id", action.target.id}, {"sessionsValidFrom", "newer"}};
  action.reversible = Reversible::no;
  action.inverse = std::nullopt;
  action.effect =
      "All refresh tokens of this user end: the user signs in again in every application.";
  action.residual = tokens_live_on;
  return {};
}

std::vector<Action> plan_revoke_sessions(const Planning& planning) {
  std::vector<Action> out;
  refuse_unknown_users(planning, domain::ActionKind::revoke_sessions);
  for (const domain::UserId& id : users_of(planning)) {
    const domain::User* user = domain::find_user(planning.snapshot, id);
    if (user != nullptr && user->type == "Guest") {
      planning.refused.push_back(
          {.finding = planning.finding.key,
           .target = id.str(),
           .reason = "a guest's sessions can be revoked in the home tenant only"});
      continue;
    }
    Action action{.kind = domain::ActionKind::revoke_sessions, .because = planning.because};
    action.target = app_target(planning.finding.app, id.str());
    action.target.display_name =
        user != nullptr ? user->user_principal_name.value_or("") : std::string();
    if (user == nullptr || !user->type) {
      action.notes = {
          "Whether this is a guest is unknown: the account was not read. A guest's sessions can be "
          "revoked in the home tenant only."};
    }
    out.push_back(std::move(action));
  }
  return out;
}

}  // namespace clawback::plan
