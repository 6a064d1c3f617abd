#include "cli/undo_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"
#include "cli/policy_files.hpp"
#include "cli/run_view.hpp"
#include "remediate/undo.hpp"

namespace clawback::cli {
namespace {

// The object id of --only-user; empty without it.
Result<std::string> one_user(const UndoWish& wish, const plan::Plan& plan) {
  if (wish.only_user.empty()) return std::string();
  const auto users = remediate::users_named(plan, wish.only_user);
  if (users.size() == 1) return users.front();
  return Error{.code = Errc::invalid,
               .message = fmt::format("--only-user: the run is about {} user \"{}\"",
                                      users.empty() ? "no" : "more than one",
                                      printable(wish.only_user, 100)),
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

Result<plan::Plan> make_undo(const UndoWish& wish, const Config& config, journal::Store& store) {
  const auto run = store.run(wish.run);
  if (!run) return run.error();
  const auto view = view_of(*run, store);
  if (!view) return view.error();
  const auto policy = load_policy(wish.policy, &config);
  if (!policy) return policy.error();
  const auto user = one_user(wish, view->plan);
  if (!user) return user.error();
  remediate::Undo undo = remediate::undo_plan(*run, view->plan, view->state,
                                              {.now = wish.now,
                                               .id = wish.id,
                                               .tool = "clawback " CLAWBACK_VERSION,
                                               .policy = policy->digest,
                                               .catalog = policy->catalog.digest,
                                               .requested_by = wish.requester.by,
                                               .requested_from = wish.requester.from,
                                               .only_user = *user,
                                               .with_app = wish.with_app});
  const auto before = undone_by(*run, store);
  if (!before) return before.error();
  for (const std::string& other : *before) {
    undo.plan.remarks.insert(
        undo.plan.remarks.begin(),
        fmt::format(
            "undone by run {} already, all of it or a part: nothing is sent for what it put back",
            other));
  }
  plan::seal(undo.plan);
  return std::move(undo.plan);
}

}  // namespace clawback::cli
