#include "cli/apply_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/safe_text.hpp"
#include "cli/run_view.hpp"
#include "plan/count.hpp"
#include "plan/guard.hpp"
#include "plan/kinds.hpp"
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

}  // namespace

Result<void> check_current(const plan::Plan& plan, const Config& config,
                           const policy::Policy& policy, Time now) {
  if (plan.tenant != config.tenant_id) {
    return stale(fmt::format("the plan is for tenant {}, this configuration for {}",
                             printable(plan.tenant, 60), config.tenant_id));
  }
  if (now >= plan.expires) return stale("the plan expired on " + format_time(plan.expires));
  if (!plan.identity.empty() && config.write && plan.identity != config.write->client_id) {
    return stale("the plan is for another write identity than [identity.write]");
  }
  if (plan.policy != policy.digest) return stale("the policy changed since the plan was made");
  if (plan.catalog != policy.catalog.digest)
    return stale("the catalog changed since the plan was made");
  return {};
}

namespace {

const policy::Rule* find_rule(const policy::Policy& policy, const std::string& id) {
  const auto found = std::find_if(policy.rules.begin(), policy.rules.end(),
                                  [&](const policy::Rule& rule) { return rule.id == id; });
  return found != policy.rules.end() ? &*found : nullptr;
}

bool has(const auto& list, const auto& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// Why today's policy would not have planned this; nullopt: it might have.
std::optional<std::string> not_planned(const plan::Action& action, const Config& config,
                                       const policy::Policy& policy) {
  if (domain::is_inverse(action.kind)) return "only an undo restores something";
  if (action.because.rule == plan::block_rule) {
    const bool blocks = action.kind == domain::ActionKind::block_app ||
                        action.kind == domain::ActionKind::confirm_block ||
                        action.kind == domain::ActionKind::disable_app;
    if (blocks && has(policy.block, domain::AppId(action.target.app_id))) return std::nullopt;
    return "the policy does not block this application";
  }
  const policy::Rule* rule = find_rule(policy, action.because.rule);
  if (rule == nullptr)
    return "the policy has no rule \"" + printable(action.because.rule, 60) + "\"";
  if (std::min(rule->mode, config.ceiling) < domain::Mode::approve) {
    return "rule " + rule->id + " does not act on this installation";
  }
  if (!plan::asks_for(*rule, action.kind)) {
    return "rule " + rule->id + " has no " + std::string(domain::name_of(action.kind));
  }
  const plan::KindInfo* kind = plan::find_kind(action.kind);
  if (kind != nullptr && kind->not_asked != nullptr) return kind->not_asked(action, policy);
  return std::nullopt;
}

// The shortest time for which the rules that are used let an approval hold.
std::optional<Duration> approval_limit(const plan::Plan& plan, const policy::Policy& policy) {
  std::optional<Duration> shortest;
  for (const plan::Action& action : plan.actions) {
    const policy::Rule* rule = find_rule(policy, action.because.rule);
    if (rule != nullptr)
      shortest = std::min(shortest.value_or(rule->approval_expires), rule->approval_expires);
  }
  return shortest;
}

}  // namespace

Result<void> check_rules(const plan::Plan& plan, const Config& config,
                         const policy::Policy& policy) {
  for (const plan::Action& action : plan.actions) {
    if (has(policy.catalog.microsoft_apps, domain::AppId(action.target.app_id))) {
      return Error{
          .code = Errc::guard,
          .message = fmt::format("{} is about an application of Microsoft (catalog)", action.id)};
    }
    if (action.kind == domain::ActionKind::disable_user) {
      const auto why = plan::protected_user(domain::UserId(action.target.id), policy,
                                            config.approver_accounts());
      if (why) {
        return Error{.code = Errc::guard,
                     .message = fmt::format("{} would disable the account {}: {}", action.id,
                                            printable(action.target.id, 60), *why),
                     .hint = "make the plan again with `clawback plan`"};
      }
    }
    if (!plan.undo_of.empty()) continue;  // check_undo holds it to its run
    if (const auto why = not_planned(action, config, policy)) {
      return stale(
          fmt::format("{} {}: {}", action.id, printable(plan::short_name(action), 80), *why));
    }
  }
  const auto limit = approval_limit(plan, policy);
  if (limit && plan.approval_expires > *limit) {
    return stale("the plan lets approvals hold longer than its rules do");
  }
  return {};
}

Result<void> check_inspect_only(const plan::Plan& plan) {
  if (plan.inspect_only.empty()) return {};
  return Error{.code = Errc::guard,
               .message = "the plan is inspect-only: " + printable(plan.inspect_only.front(), 300),
               .hint = "`clawback doctor` says what is missing; read it, then plan again"};
}

Result<void> check_clock(const Global& global) {
  if (!global.now || *global.now >= system_now()) return {};
  return Error{.code = Errc::invalid,
               .message = "--now can't set the clock back for something that sends requests",
               .hint = "leave --now out"};
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

namespace {

// What would be sent for the first time since `from`; of no run: all of the plan.
Result<std::vector<plan::Action>> still_to_send(const plan::Plan& plan, const std::string& run,
                                                journal::Store& store, Time from) {
  if (run.empty()) return plan.actions;
  const auto events = store.events(run);
  if (!events) return events.error();
  const journal::RunState state = journal::fold(plan, *events);
  std::vector<plan::Action> out;
  for (const plan::Action& action : plan.actions) {
    const journal::ActionState& one = state.actions.at(action.id);
    const bool over = one.phase == journal::Phase::done || one.phase == journal::Phase::satisfied;
    if (!over && (!one.intended_at || *one.intended_at < from)) out.push_back(action);
  }
  return out;
}

// A plan that waits holds its containment too, which a pass has sent already: the same request by
// the same rule to the same object is one action of the day.
void drop_sent(std::vector<plan::Action>& planned, const std::vector<plan::Action>& sent) {
  std::erase_if(planned, [&](const plan::Action& action) {
    return std::any_of(sent.begin(), sent.end(), [&](const plan::Action& one) {
      return one.kind == action.kind && one.target.kind == action.target.kind &&
             one.target.id == action.target.id && one.request == action.request &&
             one.because.rule == action.because.rule;
    });
  });
}

}  // namespace

Result<void> check_limits(const plan::Plan& plan, const policy::Policy& policy,
                          journal::Store& store, Time now, const std::string& run) {
  if (!plan.breaches.empty()) {
    const plan::Breach& first = plan.breaches.front();
    return over(first.limit, first.planned, first.allowed);
  }
  if (!plan.undo_of.empty()) return {};
  auto planned = still_to_send(plan, run, store, now - rolling);
  if (!planned) return planned.error();
  if (planned->empty()) return {};
  const auto breaches = plan::breaches(*planned, policy);
  if (!breaches.empty()) {
    return over(breaches.front().limit, breaches.front().planned, breaches.front().allowed);
  }
  auto within_day = store.sent_since(plan.tenant, now - rolling);
  if (!within_day) return within_day.error();
  const std::size_t sent = within_day->size();
  drop_sent(*planned, *within_day);
  within_day->insert(within_day->end(), planned->begin(), planned->end());
  const auto rolled = plan::breaches(*within_day, policy);
  if (rolled.empty()) return {};
  const plan::Breach& first = rolled.front();
  return Error{.code = Errc::guard,
               .message = fmt::format("{} within 24 hours: {} with this plan, {} allowed ({} "
                                      "actions were sent already); nothing of the plan is sent",
                                      first.limit, first.planned, first.allowed, sent),
               .hint = "wait, or raise the limit in the policy and plan again"};
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
  if (remediate::is_part_of(plan, today.plan) && today.plan.quorum <= plan.quorum) return {};
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
