#include <fmt/format.h>

#include <algorithm>

#include "approval/count.hpp"
#include "approval/statement.hpp"
#include "base/safe_text.hpp"
#include "cli/apply_approvals.hpp"
#include "cli/apply_checks.hpp"
#include "cli/past_sending.hpp"
#include "cli/plan_file.hpp"
#include "cli/serve_house_parts.hpp"

namespace clawback::cli {
namespace {

Error no_plan(const std::string& id) {
  return Error{.code = Errc::not_found,
               .message = fmt::format("there is no plan {}", printable(id, 60)),
               .hint = "it may have expired: an expired plan is gone"};
}

// Why a yes on this plan does not count now; empty: it does.
std::string does_not_count(const plan::Plan& plan, const approval::Statement& statement,
                           const approval::Registry& registry, Time now) {
  const std::string who = printable(statement.approver, 80);
  if (now >= statement.expires) {
    return fmt::format("the approval of {} ended on {}", who, format_time(statement.expires));
  }
  if (const auto why = approval::not_counted(plan, registry, statement.approver)) {
    return fmt::format("{} {}: this approval does not count", who, *why);
  }
  return {};
}

}  // namespace

Result<PlansThere> ServeHouse::there(Time now) {
  const auto journal = store();
  if (!journal && journal.error().code == Errc::not_found) return PlansThere{};
  if (!journal) return journal.error();
  auto found = plans_in(plans_folder(*config_.database), **journal, now);
  if (!found) return found;
  // One database may serve several tenants.
  std::erase_if(found->waiting,
                [&](const WaitingPlan& one) { return one.plan.tenant != config_.tenant_id; });
  return found;
}

Result<WaitingPlan> ServeHouse::waiting(const std::string& id) {
  auto plans = there(clock_());
  if (!plans) return plans.error();
  for (WaitingPlan& one : plans->waiting) {
    if (one.plan.id == id) return std::move(one);
  }
  return no_plan(id);
}

Result<void> ServeHouse::fill_signatures(console::PlanView& view,
                                         const std::vector<std::string>& envelopes) {
  const plan::Plan& plan = view.plan;
  const auto registry = recorded_registry(plan.digest, config_, *store_);
  if (!registry) return registry.error();
  const Time now = clock_();
  for (const std::string& envelope : envelopes) {
    const auto statement = approval::verify(envelope, *registry);
    if (!statement) {
      view.unusable.push_back(statement.error().message);
      continue;
    }
    if (statement->plan_digest != plan.digest || statement->tenant != plan.tenant) continue;
    // A plan that was used was held to the time of its run.
    const bool yes = statement->decision == approval::Decision::approve;
    const std::string why =
        yes && view.run.empty() ? does_not_count(plan, *statement, *registry, now) : "";
    if (why.empty()) {
      view.signed_by.push_back(*statement);
    } else {
      view.unusable.push_back(why);
    }
  }
  return {};
}

Result<console::PlanView> ServeHouse::view(const plan::Plan& plan, const std::string& file,
                                           const std::vector<journal::Run>& runs) {
  console::PlanView out{.plan = plan, .file = file, .quorum = quorum_for(plan, policy_)};
  std::vector<std::string> envelopes;
  for (const journal::Run& run : runs) {
    if (run.plan_digest != plan.digest) continue;
    out.run = run.id;
    envelopes = run.approvals;
  }
  if (!file.empty()) {
    auto there = read_envelopes(approvals_of(file, {}));
    if (!there) return there.error();
    envelopes = std::move(*there);
  }
  if (auto filled = fill_signatures(out, envelopes); !filled) return filled.error();
  if (!out.run.empty()) {
    out.closed = fmt::format("run {} used it", out.run);
  } else if (const auto good = approval::check_approvable(plan); !good) {
    out.closed = good.error().message;
  } else if (const auto open = check_sendable(plan, approvals_of(file, {}), config_); !open) {
    out.closed = open.error().message;
  } else if (plan.actions.empty()) {
    out.closed = "there is nothing in it to approve";
  } else if (clock_() >= plan.expires) {
    out.closed = "it expired on " + format_time(plan.expires);
  }
  return out;
}

Result<std::vector<console::PlanView>> ServeHouse::plans() {
  policy();  // today's, for the quorum
  const auto plans = there(clock_());
  if (!plans) return plans.error();
  std::vector<console::PlanView> out;
  for (const WaitingPlan& one : plans->waiting) {
    // Those that wait were used by no run.
    auto seen = view(one.plan, one.file.string(), {});
    if (!seen) return seen.error();
    out.push_back(std::move(*seen));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return a.plan.created != b.plan.created ? a.plan.created > b.plan.created
                                            : a.plan.id < b.plan.id;
  });
  return out;
}

Result<console::PlanView> ServeHouse::plan(const std::string& id) {
  const auto journal = store();
  if (!journal) return journal.error();
  policy();  // today's, for the quorum
  if (const auto one = waiting(id)) return view(one->plan, one->file.string(), {});
  const auto runs = (*journal)->runs();
  if (!runs) return runs.error();
  for (const journal::Run& run : *runs) {
    if (run.tenant != config_.tenant_id || run.plan_text.find(id) == std::string::npos) continue;
    const auto plan = plan::parse(run.plan_text);
    if (plan && plan->id == id) return view(*plan, {}, *runs);
  }
  return no_plan(id);
}

}  // namespace clawback::cli
