#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "approval/approval.hpp"
#include "approval/break_glass.hpp"
#include "approval/count.hpp"
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

// What the envelopes say about one plan.
struct Voices {
  std::map<std::string, Statement> yes;           // by person; the one that holds longest
  std::map<std::string, Statement> broken_glass;  // those among all that hold, by person
  std::map<std::string, std::string> left_out;    // person -> why the yes does not count
  std::size_t expired = 0;
  std::size_t other = 0;
};

void keep_longest(std::map<std::string, Statement>& into, const Statement& held) {
  const auto [place, added] = into.emplace(held.approver, held);
  if (!added && place->second.expires < held.expires) place->second = held;
}

void take(Voices& voices, const plan::Plan& plan, const Registry& registry, Statement held) {
  if (held.break_glass && !affected(plan, registry, held.approver)) {
    keep_longest(voices.broken_glass, held);
  }
  if (auto why = not_counted(plan, registry, held.approver)) {
    voices.left_out.emplace(held.approver, std::move(*why));
    return;
  }
  keep_longest(voices.yes, held);
}

Result<Voices> listen(const plan::Plan& plan, const std::vector<std::string>& envelopes,
                      const Registry& registry, Time now) {
  Voices voices;
  for (std::size_t i = 0; i < envelopes.size(); ++i) {
    const auto statement = verify(envelopes[i], registry);
    if (!statement) {
      Error error = statement.error();
      error.position = Position{.file = {}, .line = static_cast<std::uint32_t>(i + 1), .column = 1};
      return error;
    }
    if (statement->plan_digest != plan.digest || statement->tenant != plan.tenant) {
      ++voices.other;
      continue;
    }
    if (statement->decision == Decision::reject) return rejected(plan, *statement);
    if (statement->decision == Decision::ratify) continue;  // of a run, not of a plan
    Statement held = *statement;
    // Whatever it says itself, it holds no longer than the plan allows.
    held.expires = std::min({held.expires, held.issued + plan.approval_expires, plan.expires});
    if (now >= held.expires || now < held.issued - clock_skew) {
      ++voices.expired;
      continue;
    }
    take(voices, plan, registry, std::move(held));
  }
  return voices;
}

std::string too_few(const Voices& voices, std::int64_t quorum) {
  std::string message =
      fmt::format("the plan needs {} approval{}, and {} hold{}", quorum, quorum == 1 ? "" : "s",
                  voices.yes.size(), voices.yes.size() == 1 ? "s" : "");
  for (const auto& [person, why] : voices.left_out) {
    message += fmt::format("; {} is not counted: {} {}", printable(person, 60),
                           printable(person, 60), why);
  }
  if (voices.expired > 0) message += fmt::format("; {} expired or not valid yet", voices.expired);
  if (voices.other > 0) message += fmt::format("; {} for another plan", voices.other);
  return message;
}

}  // namespace

ApprovedPlan::ApprovedPlan(plan::Plan plan, std::vector<Statement> statements, Time expires,
                           bool break_glass)
    : plan_(std::move(plan)),
      statements_(std::move(statements)),
      expires_(expires),
      break_glass_(break_glass) {}

Result<ApprovedPlan> approve(plan::Plan plan, const std::vector<std::string>& envelopes,
                             const Registry& registry, std::int64_t quorum, Time now) {
  quorum = std::max<std::int64_t>(quorum, 1);
  if (const auto good = check_approvable(plan); !good) return good.error();
  auto voices = listen(plan, envelopes, registry, now);
  if (!voices) return voices.error();
  if (static_cast<std::int64_t>(voices->yes.size()) < quorum) {
    if (voices->broken_glass.empty()) return missing(plan, too_few(*voices, quorum));
    if (const auto contains = check_containment(plan); !contains) return contains.error();
    // The first by name: the same envelopes in another order give the same answer.
    Statement broken = voices->broken_glass.begin()->second;
    const Time end = broken.expires;
    return ApprovedPlan(std::move(plan), {std::move(broken)}, end, true);
  }
  std::vector<Statement> statements;
  std::vector<Time> ends;
  for (auto& [name, statement] : voices->yes) {
    ends.push_back(statement.expires);
    statements.push_back(std::move(statement));
  }
  // The quorum is lost when the approval that makes it up ends: the quorum-th longest.
  std::sort(ends.begin(), ends.end(), std::greater<>());
  const Time end = ends[static_cast<std::size_t>(quorum) - 1];
  return ApprovedPlan(std::move(plan), std::move(statements), end, false);
}

}  // namespace clawback::approval
