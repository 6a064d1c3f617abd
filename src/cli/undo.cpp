#include "remediate/undo.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/exports.hpp"
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

// The runs that took some of it back before.
Result<std::vector<std::string>> undone_by(const journal::Run& run, journal::Store& store) {
  const auto runs = store.runs();
  if (!runs) return runs.error();
  std::vector<std::string> out;
  for (const journal::Run& other : *runs) {
    if (other.undo_of != run.id) continue;
    const auto view = view_of(other, store);
    if (!view) return view.error();
    const bool did = std::ranges::any_of(view->state.actions, [](const auto& entry) {
      return entry.second.phase == journal::Phase::done;
    });
    if (did) out.push_back(other.id);
  }
  return out;
}

}  // namespace

Result<int> execute(const UndoArguments& arguments, const Context& context) {
  const auto fitting = check_exports(arguments.exports, ExportOf::plan);
  if (!fitting) return fitting.error();
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
  remediate::Undo undo = remediate::undo_plan(*run, view->plan, view->state,
                                              {.now = context.now(),
                                               .id = plan_id(run->id, context),
                                               .tool = "clawback " CLAWBACK_VERSION,
                                               .policy = policy->digest,
                                               .catalog = policy->catalog.digest,
                                               .requested_by = asked->by,
                                               .requested_from = asked->from,
                                               .only_user = *user,
                                               .with_app = arguments.with_app});
  const auto before = undone_by(*run, **store);
  if (!before) return before.error();
  for (const std::string& other : *before) {
    undo.plan.remarks.insert(
        undo.plan.remarks.begin(),
        fmt::format(
            "undone by run {} already, all of it or a part: nothing is sent for what it put back",
            other));
  }
  plan::seal(undo.plan);
  const auto printed = print_plan(
      undo.plan, nullptr,
      {.file = arguments.output, .report = arguments.report, .exports = arguments.exports},
      context);
  if (!printed) return printed.error();
  if (context.console.style().json || arguments.output == "-") {
    for (const std::string& line : undo.plan.remarks) context.console.note(line);
  }
  return undo.plan.actions.empty() ? exit_code::done : exit_code::found;
}

}  // namespace clawback::cli
