#pragma once

#include <string>
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
};

// Pure. The inverse plan of what a run did: actions that it sent and verified and that can be
// undone, with what it left behind as their precondition. An ordinary plan from there on: it needs
// its own approval.
Undo undo_plan(const journal::Run& run, const plan::Plan& plan, const journal::RunState& state,
               const UndoOptions& options);

}  // namespace clawback::remediate
