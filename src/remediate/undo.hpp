#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/store.hpp"

namespace clawback::remediate {

struct Undo {
  plan::Plan plan;
  std::vector<std::string> left_out;  // what can't be undone, and why
};

struct UndoOptions {
  Time now;
  std::string id;
  Duration valid_for = std::chrono::hours(24);
  std::string tool;
  std::string policy;  // digests of the day, so that `apply` takes the plan
  std::string catalog;
  std::string requested_by = {};
  std::string requested_from = {};
  // Only what was taken from this user (object id): grants, assignments, the account, inbox rules.
  // The application stays as it is unless `with_app`, which enables it for everyone.
  std::string only_user = {};
  bool with_app = false;
};

// The action that takes back one that was done, not yet shaped; nullopt: none does.
std::optional<plan::Action> undone_by(const plan::Action& action,
                                      const journal::ActionState& state);

// The object ids that `who` means in a plan: an id that it names, or the id of the user principal
// name. Sorted; empty: it knows no such user.
std::vector<std::string> users_named(const plan::Plan& plan, std::string_view who);

// What `partial` sends is all of `whole`, or a part of it in the same order: a hand-made undo is
// none.
bool is_part_of(const plan::Plan& partial, const plan::Plan& whole);

// Pure. The inverse plan of what a run did: actions that it sent and verified and that can be
// undone, with what it left behind as their precondition. An ordinary plan from there on: it needs
// its own approval.
Undo undo_plan(const journal::Run& run, const plan::Plan& plan, const journal::RunState& state,
               const UndoOptions& options);

}  // namespace clawback::remediate
