#include "cli/apply_approvals.hpp"
#include "cli/apply_checks.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/exports.hpp"
#include "cli/plan_file.hpp"
#include "cli/policy_files.hpp"
#include "cli/run_report.hpp"
#include "cli/saved_evidence.hpp"
#include "cli/sending.hpp"
#include "cli/session.hpp"
#include "journal/kill_switch.hpp"

namespace clawback::cli {
namespace {

Result<void> check(const plan::Plan& plan, const Config& config, const policy::Policy& policy,
                   journal::Store& store, const Context& context) {
  auto checked = check_current(plan, config, policy, context.now());
  if (!checked) return checked;
  checked = check_inspect_only(plan);
  if (!checked) return checked;
  checked = check_rules(plan, config, policy);
  if (!checked) return checked;
  checked = check_unused(plan, store);
  if (!checked) return checked;
  checked = check_undo(plan, policy, store);
  if (!checked) return checked;
  return check_limits(plan, policy, store, context.earlier());
}

}  // namespace

Result<int> execute(const ApplyArguments& arguments, const Context& context) {
  if (arguments.plan == "-" && arguments.approvals.empty()) {
    return Error{.code = Errc::invalid,
                 .message = "a plan from standard input needs --approvals FILE"};
  }
  const auto fitting = check_exports(arguments.exports, ExportOf::sending, {arguments.report});
  if (!fitting) return fitting.error();
  const auto reportable = check_run_report(arguments.report);
  if (!reportable) return reportable.error();
  const auto clock = check_clock(context.global);
  if (!clock) return clock.error();
  const auto config = require_config(context);
  if (!config) return config.error();
  auto plan = read_plan(arguments.plan);
  if (!plan) return plan.error();
  // An installation that can only read says so before anything else.
  if (const auto writer = load_identity(*config, Role::write, context.environment); !writer) {
    return writer.error();
  }
  const auto policy = load_policy(arguments.policy, &*config);
  if (!policy) return policy.error();
  const auto store = open_store(*config);
  if (!store) return store.error();
  const auto stopped = journal::check_kill_switch(**store, *config->database);
  if (!stopped) return stopped.error();
  const auto checked = check(*plan, *config, *policy, **store, context);
  if (!checked) return checked.error();
  if (const auto evidence =
          check_evidence(*plan, *config, arguments.plan, arguments.saved_evidence);
      !evidence && !plan->actions.empty()) {
    return evidence.error();
  }
  if (plan->actions.empty()) {
    context.console.note("The plan is empty: there is nothing to do.");
    return exit_code::done;
  }
  if (const auto there = must_exist(arguments.approvals); !there) return there.error();
  const std::string approvals = approvals_of(arguments.plan, arguments.approvals);
  const auto envelopes = all_envelopes(approvals, plan->digest, **store);
  if (!envelopes) return envelopes.error();
  const Approving approving{.config = *config,
                            .store = **store,
                            .quorum = quorum_for(*plan, *policy),
                            .break_glass_per_day = policy->break_glass_per_day};
  const auto approved = approve_now(std::move(*plan), *envelopes, approving, context);
  if (!approved) return in_approvals(approved.error(), approvals);
  const Sending sending{.config = *config,
                        .store = **store,
                        .approved = *approved,
                        .verify_window = arguments.verify_window,
                        .verify_gap = arguments.verify_gap,
                        .under_lease = [&] {
                          return check_under_lease(*approved, approving, *policy,
                                                   context.earlier());
                        }};
  const auto sent = send_plan(sending, *envelopes, context);
  if (!sent) return sent.error();
  const auto reported =
      report_run(arguments.report, approved->plan().digest, *sent, *config, **store, context);
  if (!reported) return reported.error();
  return export_run(arguments.exports, approved->plan().digest, **store, *sent, context);
}

}  // namespace clawback::cli
