#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "plan/plan.hpp"

// Everything that sets one kind of action apart from another, in one table. A new action is one
// file kind_*.cpp with its shape, one row here, and what plans it (build.cpp).
namespace clawback::plan {

// What is read to see where the target stands, and how it is projected (projection.hpp). The
// precondition's request is one GET of the object, or a list in which the object is looked for.
enum class Object : std::uint8_t {
  service_principal,   // GET of one
  grant,               // GET of one
  grant_in_list,       // by clientId, principalId, resourceId, consentType
  app_role_in_list,    // by id, or by what it joins if there is no id yet
  assignment_in_list,  // the same
  user,                // GET of one
  inbox_rule,          // GET of one
  authorization_policy,
  admin_consent_request_policy,
  access_policy_in_list,  // by id, or by its name if there is no id yet
};

// What the actions of a finding are planned from.
struct Planning {
  const domain::Snapshot& snapshot;
  const policy::Policy& policy;
  const Options& options;
  const domain::Finding& finding;
  const Because& because;
  std::vector<Refusal>& refused;  // what is left alone, and why
};

struct KindInfo {
  domain::ActionKind kind;
  std::string_view target;  // Target::kind
  Object object;
  std::optional<domain::ActionKind> inverse;  // nullopt: can't be undone
  // Reversible containment: what `contain` sends unattended and what break-glass may send.
  bool contains = false;
  // Sent twice it does what it does once, as long as the object is as planned: a request whose
  // outcome is unknown is repeated as soon as a read shows that nothing happened. Others wait until
  // a late effect would show.
  bool repeatable = false;
  // Fills the action from kind, target, before and after. Errc::invalid names what is missing.
  Result<void> (*shape)(Action& action) = nullptr;
  // The actions of this kind that a finding asks for, with what `shape` needs; nullptr: none ever.
  std::vector<Action> (*plan)(const Planning& planning) = nullptr;
  // Why this policy, although a rule of it names the kind, does not ask for what the action says;
  // nullopt: it does. nullptr: the policy says no more than the kind.
  std::optional<std::string> (*not_asked)(const Action& action,
                                          const policy::Policy& policy) = nullptr;
};

// nullptr: this version has no such action.
const KindInfo* find_kind(domain::ActionKind kind);
std::span<const KindInfo> kinds();
// Actions of one stage are sent side by side; a stage begins when the one before is sent.
int stage_of(domain::ActionKind kind);
// Whether a rule may have asked for an action: it names it, or one that turns into it.
bool asks_for(const policy::Rule& rule, domain::ActionKind kind);

// The target of an action on this application or on something of it.
Target app_target(const domain::ServicePrincipal& app, std::string id);
// Who granted it and who was seen signing in to it: a tenant-wide grant names nobody.
std::set<domain::UserId> users_of(const Planning& planning);
std::set<domain::UserId> users_of(const domain::Snapshot& snapshot, const domain::Finding& finding);
// Says so when somebody may be missing there: who uses a tenant-wide grant shows in sign-ins only.
void refuse_unknown_users(const Planning& planning, domain::ActionKind kind);
// ": <reason>" of a source that was not read, or "": for the end of a sentence.
std::string why_not_read(const domain::Coverage& coverage, std::string_view source);

// Notes what is left alone, and why, unless it is noted already: several findings may ask for the
// same change of the tenant.
void refuse_once(const Planning& planning, std::string target, std::string reason);

Result<void> shape_disable_app(Action& action);
Result<void> shape_enable_app(Action& action);
Result<void> shape_block_app(Action& action);
Result<void> shape_confirm_block(Action& action);
Result<void> shape_disable_user(Action& action);
Result<void> shape_enable_user(Action& action);
Result<void> shape_revoke_grant(Action& action);
Result<void> shape_restore_grant(Action& action);
Result<void> shape_narrow_grant(Action& action);
Result<void> shape_restore_scopes(Action& action);
Result<void> shape_remove_app_role(Action& action);
Result<void> shape_restore_app_role(Action& action);
Result<void> shape_remove_assignment(Action& action);
Result<void> shape_restore_assignment(Action& action);
Result<void> shape_revoke_sessions(Action& action);
Result<void> shape_disable_inbox_rule(Action& action);
Result<void> shape_enable_inbox_rule(Action& action);
Result<void> shape_restrict_consent(Action& action);
Result<void> shape_restore_consent(Action& action);
Result<void> shape_require_admin_consent(Action& action);
Result<void> shape_restore_admin_consent(Action& action);
Result<void> shape_require_managed_client(Action& action);
Result<void> shape_withdraw_managed_client(Action& action);

std::optional<std::string> not_asked_restrict_consent(const Action& action,
                                                      const policy::Policy& policy);
std::optional<std::string> not_asked_require_admin_consent(const Action& action,
                                                           const policy::Policy& policy);
std::optional<std::string> not_asked_require_managed_client(const Action& action,
                                                            const policy::Policy& policy);

std::vector<Action> plan_disable_app(const Planning& planning);
std::vector<Action> plan_disable_user(const Planning& planning);
std::vector<Action> plan_revoke_grant(const Planning& planning);
std::vector<Action> plan_narrow_grant(const Planning& planning);
std::vector<Action> plan_remove_app_role(const Planning& planning);
std::vector<Action> plan_remove_assignment(const Planning& planning);
std::vector<Action> plan_revoke_sessions(const Planning& planning);
std::vector<Action> plan_disable_inbox_rule(const Planning& planning);
std::vector<Action> plan_restrict_consent(const Planning& planning);
std::vector<Action> plan_require_admin_consent(const Planning& planning);
std::vector<Action> plan_require_managed_client(const Planning& planning);

}  // namespace clawback::plan
