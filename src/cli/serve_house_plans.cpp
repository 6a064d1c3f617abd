#include <fmt/format.h>

#include <algorithm>

#include "approval/break_glass.hpp"
#include "approval/count.hpp"
#include "approval/statement.hpp"
#include "base/safe_text.hpp"
#include "cli/apply_approvals.hpp"
#include "cli/apply_checks.hpp"
#include "cli/plan_file.hpp"
#include "cli/serve_house_parts.hpp"

namespace clawback::cli {
namespace {

Error no_plan(const std::string& id) {
  return Error{.code = Errc::not_found,
               .message = fmt::format("there is no plan {}", printable(id, 60)),
               .hint = "it may have expired: an expired plan is gone"};
}

// Who said no; nullptr: nobody.
const approval::Statement* no_of(const console::PlanView& view) {
  const auto no = std::find_if(view.signed_by.begin(), view.signed_by.end(), [](const auto& one) {
    return one.decision == approval::Decision::reject;
  });
  return no == view.signed_by.end() ? nullptr : &*no;
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
  Error none = no_plan(id);
  if (!plans->unreadable.empty()) {
    none.hint += "; or its file can't be read: the list of plans names those";
  }
  return none;
}

// As `approval::approve` holds it.
std::string ServeHouse::fails(console::PlanView& view, approval::Statement& held,
                              const approval::Registry& registry) {
  const plan::Plan& plan = view.plan;
  const std::string who = printable(held.approver, 80);
  const Time now = clock_();
  held.expires = std::min({held.expires, held.issued + plan.approval_expires, plan.expires});
  if (now >= held.expires) {
    return fmt::format("the approval of {} ended on {}", who, format_time(held.expires));
  }
  if (now < held.issued - approval::clock_skew) {
    return fmt::format("the approval of {} is of {}, which is still to come", who,
                       format_time(held.issued));
  }
  const auto why = approval::not_counted(plan, registry, held.approver);
  std::string not_alone;
  if (held.break_glass && !approval::affected(plan, registry, held.approver)) {
    auto alone = approval::check_containment(plan);
    if (alone) alone = check_glass_left(*store_, {}, policy_.break_glass_per_day, now);
    if (alone) {
      if (why) view.uncounted.insert(held.approver);
      if (view.alone.empty() || held.approver < view.alone) view.alone = held.approver;
      return {};
    }
    not_alone = "; nor is it enough alone: " + alone.error().message;
  }
  if (!why) return {};
  return fmt::format("{} {}: this approval does not count{}", who, *why, not_alone);
}

Result<void> ServeHouse::fill_signatures(console::PlanView& view,
                                         const std::vector<std::string>& envelopes) {
  const plan::Plan& plan = view.plan;
  const auto registry = recorded_registry(plan.digest, config_, *store_);
  if (!registry) return registry.error();
  for (const std::string& envelope : envelopes) {
    auto statement = approval::verify(envelope, *registry);
    if (!statement) {
      view.unusable.push_back(statement.error().message);
      continue;
    }
    if (statement->plan_digest != plan.digest || statement->tenant != plan.tenant) continue;
    // A plan that was used was held to the time of its run.
    const bool yes = statement->decision == approval::Decision::approve;
    std::string why = yes && view.run.empty() ? fails(view, *statement, *registry) : std::string();
    if (why.empty()) {
      view.signed_by.push_back(std::move(*statement));
    } else {
      view.unusable.push_back(std::move(why));
    }
  }
  return {};
}

Result<console::PlanView> ServeHouse::view(const WaitingPlan& waiting) {
  const plan::Plan& plan = waiting.plan;
  console::PlanView out{.plan = plan,
                        .file = waiting.file.string(),
                        .quorum = quorum_for(plan, policy_),
                        .policy_problem = policy_problem_};
  auto envelopes = read_envelopes(approvals_of(out.file, {}));
  if (!envelopes) return envelopes.error();
  // A no of the database holds without its file, and a lost file takes nothing of it back.
  const auto rejections = store_->rejections(plan.digest);
  if (!rejections) return rejections.error();
  for (const std::string& no : *rejections) {
    if (std::find(envelopes->begin(), envelopes->end(), no) == envelopes->end()) {
      envelopes->push_back(no);
    }
  }
  if (auto filled = fill_signatures(out, *envelopes); !filled) return filled.error();
  if (const approval::Statement* no = no_of(out)) {
    out.closed = fmt::format("the plan was rejected by {}: {}", printable(no->approver, 60),
                             printable(no->reason));
  } else if (!rejections->empty()) {
    out.closed = "the plan was rejected";
  } else if (const auto good = approval::check_approvable(plan); !good) {
    out.closed = good.error().message;
  } else if (plan.actions.empty()) {
    out.closed = "there is nothing in it to approve";
  } else if (clock_() >= plan.expires) {
    out.closed = "it expired on " + format_time(plan.expires);
  }
  return out;
}

Result<console::PlanView> ServeHouse::view_of_used(const plan::Plan& plan,
                                                   const journal::Run& run) {
  console::PlanView out{.plan = plan,
                        .quorum = quorum_for(plan, policy_),
                        .closed = fmt::format("run {} used it", run.id),
                        .run = run.id,
                        .policy_problem = policy_problem_};
  if (auto filled = fill_signatures(out, run.approvals); !filled) return filled.error();
  return out;
}

Result<console::Plans> ServeHouse::plans() {
  console::Plans out{.policy_problem = policy().problem};  // today's, for the quorum
  auto plans = there(clock_());
  if (!plans) return plans.error();
  out.unreadable = std::move(plans->unreadable);
  for (const WaitingPlan& one : plans->waiting) {
    auto seen = view(one);
    // One that can't be looked at hides none of the others.
    out.views.push_back(seen ? std::move(*seen)
                             : console::PlanView{.plan = one.plan,
                                                 .file = one.file.string(),
                                                 .quorum = quorum_for(one.plan, policy_),
                                                 .closed = seen.error().message});
  }
  std::sort(out.views.begin(), out.views.end(), [](const auto& a, const auto& b) {
    return a.plan.created != b.plan.created ? a.plan.created > b.plan.created
                                            : a.plan.id < b.plan.id;
  });
  return out;
}

Result<console::PlanView> ServeHouse::plan(const std::string& id) {
  const auto journal = store();
  if (!journal) return journal.error();
  policy();  // today's, for the quorum
  const auto one = waiting(id);
  if (one) return view(*one);
  if (one.error().code != Errc::not_found) return one.error();
  const auto runs = (*journal)->runs();
  if (!runs) return runs.error();
  for (const journal::Run& run : *runs) {
    if (run.tenant != config_.tenant_id || run.plan_text.find(id) == std::string::npos) continue;
    const auto plan = plan::parse(run.plan_text);
    if (plan && plan->id == id) return view_of_used(*plan, run);
  }
  return one.error();
}

}  // namespace clawback::cli
