#include "cli/apply_checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"
#include "cli/run_view.hpp"
#include "plan/count.hpp"
#include "remediate/undo.hpp"

namespace clawback::cli {
namespace {

constexpr Duration rolling = std::chrono::hours(24);

Error stale(std::string message) {
  return Error{.code = Errc::stale,
               .message = std::move(message),
               .hint = "make a new plan with `clawback plan` and have it approved"};
}

Error over(const std::string& limit, std::int64_t planned, std::int64_t allowed) {
  return Error{
      .code = Errc::guard,
      .message = fmt::format("the plan goes over {}: {} planned, {} allowed; nothing of it is sent",
                             printable(limit, 80), planned, allowed),
      .hint = "narrow the rule, or raise the limit in the policy, and plan again"};
}

Result<void> check_rolling(const std::string& limit, std::int64_t planned, std::int64_t sent,
                           std::int64_t allowed) {
  if (planned + sent <= allowed) return {};
  return Error{
      .code = Errc::guard,
      .message = fmt::format("{} within 24 hours: {} planned and {} sent already, {} allowed; "
                             "nothing of the plan is sent",
                             limit, planned, sent, allowed),
      .hint = "wait, or raise the limit in the policy and plan again"};
}

}  // namespace

Result<void> check_current(const plan::Plan& plan, const Config& config,
                           const policy::Policy& policy, Time now) {
  if (plan.tenant != config.tenant_id) {
    return stale(fmt::format("the plan is for tenant {}, this configuration for {}",
                             printable(plan.tenant, 60), config.tenant_id));
  }
  if (now >= plan.expires) return stale("the plan expired on " + format_time(plan.expires));
  if (plan.policy != policy.digest) return stale("the policy changed since the plan was made");
  if (plan.catalog != policy.catalog.digest)
    return stale("the catalog changed since the plan was made");
  return {};
}

Result<void> check_unused(const plan::Plan& plan, journal::Store& store) {
  const auto runs = store.runs();
  if (!runs) return runs.error();
  for (const journal::Run& run : *runs) {
    if (run.plan_digest != plan.digest) continue;
    Error error = stale(fmt::format("the plan was used by run {}", run.id));
    error.hint = fmt::format(
        "a plan is used once: `clawback show {0}` says how far it came, `clawback resume "
        "{0}` goes on",
        run.id);
    return error;
  }
  return {};
}

Result<void> check_limits(const plan::Plan& plan, const policy::Policy& policy,
                          journal::Store& store, Time now) {
  if (!plan.breaches.empty()) {
    const plan::Breach& first = plan.breaches.front();
    return over(first.limit, first.planned, first.allowed);
  }
  if (!plan.undo_of.empty()) return {};
  const auto breaches = plan::breaches(plan.actions, policy);
  if (!breaches.empty()) {
    return over(breaches.front().limit, breaches.front().planned, breaches.front().allowed);
  }
  const auto sent = store.sent_since(plan.tenant, now - rolling);
  if (!sent) return sent.error();
  const plan::Counts counts = plan::count(plan.actions);
  auto within_limit = check_rolling("max_apps", counts.apps, sent->apps, policy.max_apps);
  if (!within_limit) return within_limit;
  within_limit = check_rolling("max_users", counts.users, sent->users, policy.max_users);
  if (!within_limit) return within_limit;
  return check_rolling("max_actions", counts.actions, sent->actions, policy.max_actions);
}

Result<void> check_undo(const plan::Plan& plan, const policy::Policy& policy,
                        journal::Store& store) {
  if (plan.undo_of.empty()) return {};
  const auto run = store.run(plan.undo_of);
  if (!run) return within("the run that this plan undoes", run.error());
  const auto view = view_of(*run, store);
  if (!view) return view.error();
  const remediate::Undo today = remediate::undo_plan(*run, view->plan, view->state,
                                                     {.now = plan.created,
                                                      .id = plan.id,
                                                      .tool = plan.tool,
                                                      .policy = policy.digest,
                                                      .catalog = policy.catalog.digest});
  if (today.plan.actions == plan.actions && today.plan.quorum <= plan.quorum) return {};
  return stale(
      fmt::format("the plan is not the undo of run {} as it stands now", printable(run->id, 60)));
}

std::int64_t quorum_for(const plan::Plan& plan, const policy::Policy& policy) {
  std::int64_t quorum = std::max<std::int64_t>(plan.quorum, 1);
  for (const plan::Action& action : plan.actions) {
    for (const policy::Rule& rule : policy.rules) {
      if (rule.id == action.because.rule) quorum = std::max(quorum, rule.quorum);
    }
  }
  return quorum;
}

}  // namespace clawback::cli
