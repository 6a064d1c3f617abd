#include <fmt/format.h>

#include "plan/guard.hpp"
#include "plan/kinds.hpp"
#include "plan/projection.hpp"
#include "plan/shape_parts.hpp"

// disable-user and enable-user. Source: Microsoft Graph user update (accountEnabled).
namespace clawback::plan {
namespace {

json::value with_enabled(const json::value& user, bool enabled) {
  json::value out = user;
  out.as_object()["accountEnabled"] = enabled;
  return out;
}

Result<void> switch_account(Action& action, const json::value& user, bool enable) {
  if (!user.is_object() || string_at(user, "id") != action.target.id) {
    return missing(action, enable ? "after" : "before");
  }
  json::object same{{"id", action.target.id}};
  // A guest's account here is not the account at home: the effect says so, and it must stay true.
  const json::value* type = member(user, "userType");
  same["userType"] = type != nullptr ? *type : json::value();
  const std::string path = user_path(action.target.id);
  action.precondition.request = get(path + std::string(user_members));
  action.precondition.before = with_enabled(same, !enable);
  action.request = patch(path, json::object{{"accountEnabled", enable}});
  action.postcondition.after = with_enabled(same, enable);
  action.reversible = Reversible::exact;
  action.inverse = patch(path, json::object{{"accountEnabled", !enable}});
  return {};
}

bool is_guest(const Action& action) {
  return string_at(action.precondition.before, "userType") == "Guest";
}

// Why the account of this user stays enabled, or nullopt.
std::optional<std::string> refusal(const Planning& planning, const domain::UserId& id,
                                   const domain::User* user) {
  if (const auto why = protected_user(id, planning.policy, planning.options.approvers)) return why;
  if (user == nullptr) {
    return fmt::format("the user was not read{}",
                       why_not_read(planning.snapshot.coverage, domain::source::users));
  }
  if (!user->account_enabled) return "whether the account is enabled is unknown";
  if (!user->type) return "whether it is a guest is unknown";
  return std::nullopt;
}

}  // namespace

Result<void> shape_disable_user(Action& action) {
  // A copy: what it is made from is what it fills.
  const json::value user = action.precondition.before;
  auto shaped = switch_account(action, user, false);
  if (!shaped) return shaped;
  action.effect =
      is_guest(action)
          ? "The guest's account in this tenant can no longer sign in here. The account at home, "
            "and its sessions there, are not touched."
          : "This user can no longer sign in to anything in the tenant, and gets no new token.";
  action.residual =
      "Access tokens that were already issued work until they expire, usually within 60 to 90 "
      "minutes. The mailbox goes on receiving mail, and its rules and forwarding go on running.";
  return {};
}

Result<void> shape_enable_user(Action& action) {
  const json::value user = action.postcondition.after;
  auto shaped = switch_account(action, user, true);
  if (!shaped) return shaped;
  action.effect = "This user can sign in again.";
  action.residual = "Whoever knows the password or holds a sign-in method can sign in as well.";
  return {};
}

std::vector<Action> plan_disable_user(const Planning& planning) {
  std::vector<Action> out;
  refuse_unknown_users(planning, domain::ActionKind::disable_user);
  for (const domain::UserId& id : users_of(planning)) {
    const domain::User* user = domain::find_user(planning.snapshot, id);
    if (const auto why = refusal(planning, id, user)) {
      planning.refused.push_back(
          {.finding = planning.finding.key, .target = id.str(), .reason = "disable-user: " + *why});
      continue;
    }
    if (user->account_enabled == false) continue;
    Action action{.kind = domain::ActionKind::disable_user, .because = planning.because};
    action.target = app_target(planning.finding.app, id.str());
    action.target.display_name = user->user_principal_name.value_or("");
    action.precondition.before = project(*user);
    out.push_back(std::move(action));
  }
  return out;
}

}  // namespace clawback::plan
