#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <map>

#include "approval/approval.hpp"
#include "approval/break_glass.hpp"
#include "approval/count.hpp"
#include "base/safe_text.hpp"
#include "cli/apply_approvals.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/past_sending.hpp"
#include "cli/plan_file.hpp"
#include "cli/policy_files.hpp"
#include "cli/signing.hpp"
#include "cli/terminal.hpp"
#include "report/model.hpp"

// approve and reject.
namespace clawback::cli {
namespace {

Error does_not_count(const std::string& name, const std::string& why) {
  return Error{
      .code = Errc::approval,
      .message = fmt::format("{} {}: this approval would not count", printable(name, 80), why),
      .hint = "somebody else approves it; anybody may reject it"};
}

// What a break-glass approval may be for, and that there is room for one more today.
Result<void> check_break_glass(const plan::Plan& plan, const SignArguments& arguments,
                               const Config& config, Time now) {
  if (const auto contains = approval::check_containment(plan); !contains) return contains;
  if (const auto why = approval::affected(plan, config.registry(), arguments.signer.as)) {
    return does_not_count(arguments.signer.as, *why);
  }
  const auto policy = load_policy({}, &config);
  if (!policy) return policy.error();
  const auto store = open_store(config);
  // An approver's own account can't open the service's database. `apply` asks it in any case.
  if (!store && store.error().code == Errc::io) return {};
  if (!store) return store.error();
  return check_glass_left(**store, {}, policy->break_glass_per_day, now);
}

Result<void> check_plan(const plan::Plan& plan, const SignArguments& arguments,
                        const Config& config, const Context& context) {
  if (plan.tenant != config.tenant_id) {
    return Error{.code = Errc::stale,
                 .message = fmt::format("the plan is for tenant {}, this configuration for {}",
                                        printable(plan.tenant, 60), config.tenant_id)};
  }
  if (arguments.rejects) return {};
  if (plan.actions.empty()) {
    return Error{.code = Errc::invalid,
                 .message = "the plan is empty: there is nothing to approve"};
  }
  if (context.now() >= plan.expires) {
    return Error{.code = Errc::stale,
                 .message = "the plan expired on " + format_time(plan.expires),
                 .hint = "make a new one with `clawback plan`"};
  }
  if (const auto good = approval::check_approvable(plan); !good) return good;
  const std::string approvals = approvals_of(arguments.plan, arguments.output);
  if (const auto open = check_sendable(plan, approvals, config); !open) return open;
  if (arguments.expires && *arguments.expires > plan.approval_expires) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format(
                     "--expires: the policy lets an approval of this plan hold for {} at most",
                     format_duration(plan.approval_expires))};
  }
  if (arguments.break_glass) {
    return check_break_glass(plan, arguments, config, context.earlier());
  }
  if (const auto why = approval::not_counted(plan, config.registry(), arguments.signer.as)) {
    return does_not_count(arguments.signer.as, *why);
  }
  return {};
}

// What somebody who signs in without a terminal gets to see of the plan.
std::string summary(const plan::Plan& plan) {
  std::map<domain::ActionKind, int> kinds;
  for (const plan::Action& action : plan.actions) ++kinds[action.kind];
  std::string counts;
  for (const auto& [kind, count] : kinds) {
    counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, domain::name_of(kind));
  }
  return fmt::format("Plan {} of tenant {}\nactions: {}\ndigest: {}\n", printable(plan.id, 60),
                     printable(plan.tenant, 60), counts.empty() ? "none" : counts, plan.digest);
}

Result<void> confirm(const plan::Plan& plan, const SignArguments& arguments,
                     const Context& context) {
  if (arguments.signer.sign_in) context.console.ask(summary(plan));
  if (context.global.yes) return {};
  if (!can_ask(context)) {
    return Error{.code = Errc::invalid,
                 .message = "there is no terminal to confirm on",
                 .hint = "read the plan with `clawback show`, then sign with --yes"};
  }
  report::TextOptions options = context.console.text_options();
  options.color = false;
  options.file = arguments.plan;
  context.console.ask(report::plan_text(plan, options) + "\n");
  std::string question =
      arguments.rejects ? "Reject this plan for good?" : "Approve exactly this plan?";
  if (arguments.break_glass) question = "Approve exactly this plan alone, by break-glass?";
  if (ask_yes(question, context)) return {};
  return Error{.code = Errc::approval, .message = "nothing was signed"};
}

approval::Statement statement_on(const plan::Plan& plan, const SignArguments& arguments, Time now) {
  const Duration holds = arguments.expires.value_or(plan.approval_expires);
  return {.plan_digest = plan.digest,
          .tenant = plan.tenant,
          .decision = arguments.rejects ? approval::Decision::reject : approval::Decision::approve,
          .approver = arguments.signer.as,
          .reason = arguments.reason,
          .issued = now,
          .expires = arguments.rejects ? plan.expires : std::min(now + holds, plan.expires),
          .nonce = new_nonce(),
          .break_glass = arguments.break_glass};
}

// Whether the database has it. Once a no is there, losing the file does not matter. An approver's
// own account often can't open the service's database: the envelope is written all the same, and
// whoever applies sees it there.
Result<bool> keep(const std::string& envelope, const plan::Plan& plan,
                  const SignArguments& arguments, const Config& config, const Context& context) {
  Result<void> stored;
  const bool records = arguments.rejects && config.database;
  if (records) {
    const auto store = open_store_if_there(config);
    if (!store) {
      stored = store.error();
    } else if (*store) {
      stored = (*store)->reject(plan.digest, envelope);
    } else {
      stored = Error{.code = Errc::io,
                     .message = printable(config.database->string()) + ": there is no such file"};
    }
  }
  const std::string file = approvals_of(arguments.plan, arguments.output);
  if (auto appended = append_envelope(file, envelope, context); !appended) {
    return appended.error();
  }
  if (!stored) {
    // Not a note: --quiet must not hide that this no can be lost.
    context.console.ask(fmt::format(
        "{}. So this no is in {} alone: add its line to the approvals of the plan that would be "
        "applied; as long as it is there, `apply` refuses the plan.\n",
        stored.error().message, file == "-" ? "the output" : printable(file)));
  }
  return records && bool(stored);
}

void report_signed(const approval::Statement& statement, bool recorded,
                   const SignArguments& arguments, const Context& context) {
  const std::string who = printable(statement.approver);
  std::string text = fmt::format("Rejected by {}: {}\n", who, statement.plan_digest);
  if (!arguments.rejects) {
    text = fmt::format("Approved by {}{} until {}: {}\n", who,
                       statement.break_glass ? " alone (break-glass)" : "",
                       format_time(statement.expires), statement.plan_digest);
  }
  context.console.result(json::object{{"schema", "clawback.signed/1"},
                                      {"decision", arguments.rejects ? "reject" : "approve"},
                                      {"approver", statement.approver},
                                      {"plan", statement.plan_digest},
                                      {"expires", format_time(statement.expires)},
                                      {"breakGlass", statement.break_glass},
                                      {"recorded", recorded},
                                      {"file", approvals_of(arguments.plan, arguments.output)}},
                         text);
  if (statement.break_glass) {
    context.console.note(
        "After `clawback apply` others have to ratify it within 24 hours: "
        "`clawback ratify RUN`");
  }
}

}  // namespace

Result<int> execute(const SignArguments& arguments, const Context& context) {
  if (arguments.plan == "-" && arguments.output.empty()) {
    return Error{.code = Errc::invalid,
                 .message = "a plan from standard input needs -o FILE for the signature"};
  }
  if (const auto good = check_reason(arguments.reason); !good) return good.error();
  const auto config = require_config(context);
  if (!config) return config.error();
  const auto plan = read_plan(arguments.plan);
  if (!plan) return plan.error();
  const auto usable = check_plan(*plan, arguments, *config, context);
  if (!usable) return usable.error();
  const auto signer = prepare_signer(arguments.signer, *config, context);
  if (!signer) return signer.error();
  const auto confirmed = confirm(*plan, arguments, context);
  if (!confirmed) return confirmed.error();

  approval::Statement statement;
  const auto make = [&](Time now) { return statement = statement_on(*plan, arguments, now); };
  const auto envelope = sign_statement(*signer, arguments.signer, make, *config, context);
  if (!envelope) return envelope.error();
  const auto kept = keep(*envelope, *plan, arguments, *config, context);
  if (!kept) return kept.error();
  if (arguments.output != "-") report_signed(statement, *kept, arguments, context);
  return exit_code::done;
}

}  // namespace clawback::cli
