#include "approval/break_glass.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "approval/count.hpp"
#include "base/safe_text.hpp"
#include "plan/kinds.hpp"

namespace clawback::approval {
namespace {

using domain::ActionKind;

Error guarded(std::string message, std::string hint) {
  return Error{.code = Errc::guard, .message = std::move(message), .hint = std::move(hint)};
}

// What `contain` sends, and the accounts that a person may decide about.
bool contains(ActionKind kind) {
  const plan::KindInfo* info = plan::find_kind(kind);
  return kind == ActionKind::disable_user || (info != nullptr && info->contains);
}

// What was said about this plan, as far as it verifies.
std::vector<Statement> said(const std::vector<std::string>& envelopes, const plan::Plan& plan,
                            const Registry& registry) {
  std::vector<Statement> out;
  for (const std::string& envelope : envelopes) {
    const auto statement = verify(envelope, registry);
    if (!statement || statement->plan_digest != plan.digest || statement->tenant != plan.tenant) {
      continue;
    }
    out.push_back(*statement);
  }
  return out;
}

// Who had said yes and counted when the glass was broken.
std::set<std::string> approved_by(const std::vector<Statement>& statements, const plan::Plan& plan,
                                  const BrokenGlass& broken, const Registry& registry) {
  std::set<std::string> out = {broken.by};
  for (const Statement& one : statements) {
    const Time end = std::min(one.expires, one.issued + plan.approval_expires);
    // One that had expired by then was no approval any more.
    if (one.decision == Decision::approve && end > broken.at) out.insert(one.approver);
  }
  std::erase_if(out, [&](const std::string& person) {
    return not_counted(plan, registry, person).has_value();
  });
  return out;
}

}  // namespace

Result<void> check_containment(const plan::Plan& plan) {
  const std::string hint = "leave the rest to a plan that the quorum approves";
  if (!plan.undo_of.empty()) return guarded("an undo is not approved by break-glass", hint);
  for (const plan::Action& action : plan.actions) {
    if (contains(action.kind)) continue;
    return guarded(
        fmt::format("break-glass is for reversible containment only (disable-app, block-app, "
                    "disable-user), and {} is {}",
                    action.id, printable(plan::short_name(action), 80)),
        hint);
  }
  return {};
}

Result<void> check_break_glass_limit(std::int64_t used, std::int64_t max_per_day) {
  if (used < max_per_day) return {};
  if (max_per_day <= 0) {
    return guarded("the policy does not allow break-glass", "[break_glass] max_per_day is 0");
  }
  return guarded(
      fmt::format("break-glass was used {} time{} within 24 hours, and the policy allows {}", used,
                  used == 1 ? "" : "s", max_per_day),
      "get the approvals that the plan needs, or wait");
}

Ratification ratification_of(const plan::Plan& plan, const BrokenGlass& broken,
                             const std::vector<std::string>& approvals,
                             const std::vector<std::string>& ratifications,
                             const Registry& registry, std::int64_t quorum, Time now) {
  std::set<std::string> all = approved_by(said(approvals, plan, registry), plan, broken, registry);
  quorum = std::max<std::int64_t>(quorum, 1);
  Ratification out{.broken_by = broken.by, .until = broken.at + ratify_within};
  std::set<std::string> others;
  for (const Statement& one : said(ratifications, plan, registry)) {
    if (one.decision != Decision::ratify || one.approver == out.broken_by) continue;
    if (!not_counted(plan, registry, one.approver)) others.insert(one.approver);
  }
  all.insert(others.begin(), others.end());
  out.by.assign(others.begin(), others.end());
  out.missing = std::max<std::int64_t>(quorum - static_cast<std::int64_t>(all.size()),
                                       others.empty() ? 1 : 0);
  if (out.missing <= 0) {
    out.missing = 0;
    out.state = RatificationState::ratified;
  } else {
    out.state = now < out.until ? RatificationState::waiting : RatificationState::overdue;
  }
  return out;
}

}  // namespace clawback::approval
