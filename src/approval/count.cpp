#include "approval/count.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "plan/count.hpp"

namespace clawback::approval {
namespace {

constexpr std::string_view local = "local:";

Error guarded(std::string message, std::string hint) {
  return Error{.code = Errc::guard, .message = std::move(message), .hint = std::move(hint)};
}

}  // namespace

std::optional<std::string> asked_for(const plan::Plan& plan, const Registry& registry,
                                     const std::string& person) {
  const auto is_theirs = [&](const Approver& one) {
    if (one.name != person || one.account.empty()) return false;
    const std::string account = std::string(local) + one.account;
    return plan.requested_by == account || plan.requested_from == account;
  };
  const bool asked = (!person.empty() && plan.requested_by == person) ||
                     std::any_of(registry.people.begin(), registry.people.end(), is_theirs);
  if (!asked) return std::nullopt;
  return "asked for this plan";
}

std::optional<std::string> affected(const plan::Plan& plan, const Registry& registry,
                                    const std::string& person) {
  std::set<std::string> users = plan::users_of(plan.actions);
  users.insert(plan.affected.begin(), plan.affected.end());
  const std::string tenant = to_lower(plan.tenant);
  for (const Approver& one : registry.people) {
    if (one.name != person || one.entra.object.empty() || one.entra.tenant != tenant) continue;
    const bool is_one = std::any_of(users.begin(), users.end(), [&](const std::string& user) {
      return to_lower(user) == one.entra.object;
    });
    if (is_one) return "is affected by this plan";
  }
  return std::nullopt;
}

std::optional<std::string> not_counted(const plan::Plan& plan, const Registry& registry,
                                       const std::string& person) {
  auto why = asked_for(plan, registry, person);
  return why ? why : affected(plan, registry, person);
}

Result<void> check_approvable(const plan::Plan& plan) {
  if (!plan.breaches.empty()) {
    const plan::Breach& first = plan.breaches.front();
    return guarded(
        fmt::format("the plan goes over the limit {}: {} planned, {} allowed; it can't be approved",
                    printable(first.limit, 80), first.planned, first.allowed),
        "narrow the rule, or raise the limit in the policy, and plan again");
  }
  if (!plan.inspect_only.empty()) {
    return guarded(fmt::format("the plan is for inspection only: {}; it can't be approved",
                               printable(plan.inspect_only.front(), 160)),
                   "make what is missing readable, and plan again");
  }
  return {};
}

}  // namespace clawback::approval
