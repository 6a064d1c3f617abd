#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <map>

#include "approval/approval.hpp"
#include "base/safe_text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_file.hpp"
#include "cli/sign_checks.hpp"
#include "cli/signing.hpp"
#include "cli/terminal.hpp"
#include "report/model.hpp"

// approve and reject.
namespace clawback::cli {
namespace {

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

// Whether the database has it.
bool say_kept(const Kept& kept, const SignArguments& arguments, const Context& context) {
  if (kept.not_recorded) {
    const std::string file = approvals_of(arguments.plan, arguments.output);
    // Not a note: --quiet must not hide that this no can be lost.
    context.console.ask(fmt::format(
        "{}. So this no is in {} alone: add its line to the approvals of the plan that would be "
        "applied; as long as it is there, `apply` refuses the plan.\n",
        kept.not_recorded->message, file == "-" ? "the output" : printable(file)));
  }
  return kept.recorded;
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
  const auto usable = check_signing(*plan, arguments, *config, context.now(), context.earlier());
  if (!usable) return usable.error();
  const auto signer = prepare_signer(arguments.signer, *config, context);
  if (!signer) return signer.error();
  const auto confirmed = confirm(*plan, arguments, context);
  if (!confirmed) return confirmed.error();

  approval::Statement statement;
  const auto make = [&](Time now) { return statement = statement_on(*plan, arguments, now); };
  const auto envelope = sign_statement(*signer, arguments.signer, make, *config, context);
  if (!envelope) return envelope.error();
  const auto kept = keep_envelope(*envelope, *plan, arguments, *config, context);
  if (!kept) return kept.error();
  const bool recorded = say_kept(*kept, arguments, context);
  if (arguments.output != "-") report_signed(statement, recorded, arguments, context);
  return exit_code::done;
}

}  // namespace clawback::cli
