#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "approval/approval.hpp"
#include "base/safe_text.hpp"

namespace clawback::approval {
namespace {

Error missing(const plan::Plan& plan, std::string message) {
  return Error{
      .code = Errc::approval,
      .message = std::move(message),
      .hint = "an approver looks at it with `clawback show` and signs with `clawback approve`",
      .details = {{"plan", plan.digest}}};
}

Error rejected(const plan::Plan& plan, const Statement& no) {
  return Error{.code = Errc::approval,
               .message = fmt::format("the plan was rejected by {}: {}", printable(no.approver, 60),
                                      printable(no.reason)),
               .hint = "a rejection is final: make a new plan",
               .details = {{"plan", plan.digest}}};
}

}  // namespace

ApprovedPlan::ApprovedPlan(plan::Plan plan, std::vector<Statement> statements, Time expires)
    : plan_(std::move(plan)), statements_(std::move(statements)), expires_(expires) {}

Result<ApprovedPlan> approve(plan::Plan plan, const std::vector<std::string>& envelopes,
                             const std::vector<Approver>& registry, std::int64_t quorum, Time now) {
  quorum = std::max<std::int64_t>(quorum, 1);
  std::map<std::string, Statement> yes;  // by person; the one that holds longest
  std::size_t expired = 0;
  std::size_t other = 0;
  for (const std::string& envelope : envelopes) {
    const auto statement = verify(envelope, registry);
    if (!statement) return statement.error();
    if (statement->plan_digest != plan.digest || statement->tenant != plan.tenant) {
      ++other;
      continue;
    }
    if (statement->decision == Decision::reject) return rejected(plan, *statement);
    Statement held = *statement;
    // Whatever it says itself, it holds no longer than the plan allows.
    held.expires = std::min({held.expires, held.issued + plan.approval_expires, plan.expires});
    if (now >= held.expires || now < held.issued - std::chrono::minutes(5)) {
      ++expired;
      continue;
    }
    const auto [place, added] = yes.emplace(held.approver, held);
    if (!added && place->second.expires < held.expires) place->second = held;
  }
  if (static_cast<std::int64_t>(yes.size()) < quorum) {
    std::string message =
        fmt::format("the plan needs {} approval{}, and {} hold{}", quorum, quorum == 1 ? "" : "s",
                    yes.size(), yes.size() == 1 ? "s" : "");
    if (expired > 0) message += fmt::format("; {} expired or not valid yet", expired);
    if (other > 0) message += fmt::format("; {} for another plan", other);
    return missing(plan, std::move(message));
  }
  std::vector<Statement> statements;
  std::vector<Time> ends;
  for (auto& [name, statement] : yes) {
    ends.push_back(statement.expires);
    statements.push_back(std::move(statement));
  }
  // The quorum is lost when the approval that makes it up ends: the quorum-th longest.
  std::sort(ends.begin(), ends.end(), std::greater<>());
  const Time end = ends[static_cast<std::size_t>(quorum) - 1];
  return ApprovedPlan(std::move(plan), std::move(statements), end);
}

}  // namespace clawback::approval
