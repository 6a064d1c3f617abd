#include <fmt/format.h>

#include <algorithm>

#include "base/listed.hpp"
#include "domain/permissions.hpp"
#include "plan/kinds.hpp"
#include "plan/projection.hpp"
#include "plan/shape_parts.hpp"

// narrow-grant and restore-scopes. Source: Microsoft Graph oauth2PermissionGrant update: only
// `scope` can be changed, and the text that is sent takes the place of the whole.
namespace clawback::plan {
namespace {

// Longer than any scope that Microsoft publishes: what it reaches is not known.
constexpr std::size_t scope_max = 64;
constexpr std::size_t listed_max = 12;

bool reaches_mail(std::string_view scope) {
  // Also in the long form, "https://outlook.office.com/IMAP.AccessAsUser.All".
  const std::size_t slash = scope.rfind('/');
  if (slash != std::string_view::npos) scope.remove_prefix(slash + 1);
  return scope.size() > scope_max || domain::mail_reach_of_scope(scope).any();
}

std::vector<std::string> harmless(const std::vector<std::string>& scopes) {
  std::vector<std::string> out;
  std::copy_if(scopes.begin(), scopes.end(), std::back_inserter(out),
               [](const std::string& scope) { return !reaches_mail(scope); });
  return out;
}

json::array to_json(const std::vector<std::string>& scopes) {
  json::array out;
  for (const std::string& scope : scopes) out.emplace_back(scope);
  return out;
}

json::value with_scopes(const json::value& grant, const std::vector<std::string>& scopes) {
  json::value out = grant;
  out.as_object()["scopes"] = to_json(scopes);
  return out;
}

std::string shown(const std::vector<std::string>& scopes) {
  return listed(scopes, listed_max, scope_max);
}

std::vector<std::string> missing_from(const std::vector<std::string>& all,
                                      const std::vector<std::string>& some) {
  std::vector<std::string> out;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::back_inserter(out));
  return out;
}

Request send_scopes(const Action& action, const json::value& grant) {
  return patch(grant_path(action.target.id), json::object{{"scope", joined_scopes(grant)}});
}

// What both directions have in common: the same grant, once with more scopes and once with fewer.
void set_requests(Action& action) {
  action.target.service_principal_id =
      string_at(action.precondition.before, "clientId").value_or("");
  action.precondition.request = get(grant_path(action.target.id));
  action.request = send_scopes(action, action.postcondition.after);
  action.reversible = Reversible::exact;
  action.inverse = send_scopes(action, action.precondition.before);
}

}  // namespace

Result<void> shape_narrow_grant(Action& action) {
  const json::value& before = action.precondition.before;
  const auto scopes = scopes_of(before);
  if (string_at(before, "id") != action.target.id || !has_members(before, grant_members) ||
      !scopes) {
    return missing(action, "before");
  }
  const auto kept = harmless(*scopes);
  // With nothing left it would be a removal, with everything left it would be nothing.
  if (kept.empty() || kept.size() == scopes->size()) return missing(action, "scopes");
  action.postcondition.after = with_scopes(before, kept);
  set_requests(action);
  action.effect = fmt::format("The application loses {} for {}, and keeps {}.",
                              shown(missing_from(*scopes, kept)), whose(before), shown(kept));
  action.residual = std::string(tokens_live_on) +
                    " What it keeps it can go on using, and a user can consent to more again "
                    "unless the application is disabled.";
  return {};
}

Result<void> shape_restore_scopes(Action& action) {
  const json::value& before = action.precondition.before;
  const json::value& after = action.postcondition.after;
  const auto fewer = scopes_of(before);
  const auto more = scopes_of(after);
  if (!fewer || string_at(before, "id") != action.target.id ||
      !has_members(before, grant_members)) {
    return missing(action, "before");
  }
  const bool same_grant = more && with_scopes(before, *more) == after;
  if (!same_grant || more->size() <= fewer->size() || !missing_from(*fewer, *more).empty()) {
    return missing(action, "after");
  }
  set_requests(action);
  action.effect = fmt::format("The application has {} again for {}.",
                              shown(missing_from(*more, *fewer)), whose(before));
  action.residual = "The application gets them with its next token, without asking anybody.";
  return {};
}

std::vector<Action> plan_narrow_grant(const Planning& planning) {
  std::vector<Action> out;
  for (const bool tenant_wide : {true, false}) {
    for (const domain::Grant& grant : planning.finding.grants) {
      if ((grant.consent == domain::ConsentType::all_principals) != tenant_wide) continue;
      const auto kept = harmless(grant.scopes);
      if (kept.size() == grant.scopes.size()) continue;
      // Nothing harmless is left: a grant can't be empty, so it goes.
      const auto kind =
          kept.empty() ? domain::ActionKind::revoke_grant : domain::ActionKind::narrow_grant;
      Action action{.kind = kind, .because = planning.because};
      action.target = app_target(planning.finding.app, grant.id.str());
      action.precondition.before = project(grant);
      out.push_back(std::move(action));
    }
  }
  return out;
}

}  // namespace clawback::plan
