#include "remediate/undo.hpp"

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_file.hpp"
#include "cli/plan_output.hpp"
#include "cli/policy_files.hpp"
#include "cli/requester.hpp"
#include "cli/run_view.hpp"

namespace clawback::cli {
namespace {

// The object id of --only-user; empty without it.
Result<std::string> one_user(const UndoArguments& arguments, const plan::Plan& plan) {
  if (arguments.only_user.empty()) return std::string();
  const auto users = remediate::users_named(plan, arguments.only_user);
  if (users.size() == 1) return users.front();
  return Error{.code = Errc::invalid,
               .message = fmt::format("--only-user: the run is about {} user \"{}\"",
                                      users.empty() ? "no" : "more than one",
                                      printable(arguments.only_user, 100)),
               .hint = "an object id or a user principal name that `clawback show RUN` prints"};
}

}  // namespace

Result<int> execute(const UndoArguments& arguments, const Context& context) {
  const auto config = require_config(context);
  if (!config) return config.error();
  const auto store = open_store(*config);
  if (!store) return store.error();
  const auto run = (*store)->run(arguments.run);
  if (!run) return run.error();
  const auto view = view_of(*run, **store);
  if (!view) return view.error();
  const auto policy = load_policy(arguments.policy, &*config);
  if (!policy) return policy.error();
  const auto asked = requester(arguments.as, *config, context);
  if (!asked) return asked.error();
  const auto user = one_user(arguments, view->plan);
  if (!user) return user.error();
  const remediate::Undo undo = remediate::undo_plan(*run, view->plan, view->state,
                                                    {.now = context.now(),
                                                     .id = plan_id(run->id, context),
                                                     .tool = "clawback " CLAWBACK_VERSION,
                                                     .policy = policy->digest,
                                                     .catalog = policy->catalog.digest,
                                                     .requested_by = asked->by,
                                                     .requested_from = asked->from,
                                                     .only_user = *user,
                                                     .with_app = arguments.with_app});
  const auto printed = print_plan(undo.plan, nullptr,
                                  {.file = arguments.output, .report = arguments.report}, context);
  if (!printed) return printed.error();
  if (context.console.style().json || arguments.output == "-") {
    for (const std::string& line : undo.plan.remarks) context.console.note(line);
  }
  return undo.plan.actions.empty() ? exit_code::done : exit_code::found;
}

}  // namespace clawback::cli
