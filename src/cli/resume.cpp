#include "cli/apply_approvals.hpp"
#include "cli/apply_checks.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/exports.hpp"
#include "cli/plan_file.hpp"
#include "cli/policy_files.hpp"
#include "cli/run_report.hpp"
#include "cli/run_view.hpp"
#include "cli/sending.hpp"
#include "journal/kill_switch.hpp"

namespace clawback::cli {

Result<int> execute(const ResumeArguments& arguments, const Context& context) {
  const auto fitting = check_exports(arguments.exports, ExportOf::sending, {arguments.report});
  if (!fitting) return fitting.error();
  const auto reportable = check_run_report(arguments.report);
  if (!reportable) return reportable.error();
  const auto clock = check_clock(context.global);
  if (!clock) return clock.error();
  const auto config = require_config(context);
  if (!config) return config.error();
  const auto store = open_store(*config);
  if (!store) return store.error();
  const auto run = (*store)->run(arguments.run);
  if (!run) return run.error();
  if (run->tenant != config->tenant_id) {
    return Error{.code = Errc::stale,
                 .message = "run " + run->id + " is of tenant " + run->tenant +
                            ", this configuration of " + config->tenant_id};
  }
  const auto view = whole_view_of(*run, **store);
  if (!view) return view.error();
  if (view->state.ended && journal::settled(view->state)) {
    const auto shown = print_run(*run, **store, context);
    if (!shown) return shown.error();
    const auto written = write_run_report(arguments.report, *view, *config, context);
    if (!written) return written.error();
    return export_run(arguments.exports, run->plan_digest, **store, *shown, context);
  }

  const auto stopped = journal::check_kill_switch(**store, *config->database);
  if (!stopped) return stopped.error();
  const auto policy = load_policy(arguments.policy, &*config);
  if (!policy) return policy.error();
  const auto checked = check_rules(view->plan, *config, *policy);
  if (!checked) return checked.error();
  const auto undo = check_undo(view->plan, *policy, **store);
  if (!undo) return undo.error();
  if (const auto there = must_exist(arguments.approvals); !there) return there.error();
  auto envelopes = all_envelopes(arguments.approvals, run->plan_digest, **store);
  if (!envelopes) return envelopes.error();
  envelopes->insert(envelopes->end(), run->approvals.begin(), run->approvals.end());
  const Approving approving{.config = *config,
                            .store = **store,
                            .quorum = quorum_for(view->plan, *policy),
                            .break_glass_per_day = policy->break_glass_per_day,
                            .run = run->id};
  const auto approved = approve_now(view->plan, *envelopes, approving, context);
  if (!approved) {
    Error error = in_approvals(approved.error(), arguments.approvals);
    if (error.hint.empty()) error.hint = "give newer signatures with --approvals FILE";
    return error;
  }
  const Sending sending{.config = *config,
                        .store = **store,
                        .approved = *approved,
                        .verify_window = arguments.verify_window,
                        .verify_gap = arguments.verify_gap,
                        .under_lease = [&] {
                          return check_under_lease(*approved, approving, *policy,
                                                   context.earlier());
                        }};
  const auto sent = go_on(sending, *run, context);
  if (!sent) return sent.error();
  const auto reported =
      report_run(arguments.report, run->plan_digest, *sent, *config, **store, context);
  if (!reported) return reported.error();
  return export_run(arguments.exports, run->plan_digest, **store, *sent, context);
}

}  // namespace clawback::cli
