#pragma once

#include <string>

#include "cli/config.hpp"
#include "cli/requester.hpp"
#include "journal/store.hpp"
#include "plan/plan.hpp"

namespace clawback::cli {

struct UndoWish {
  std::string run;     // or a unique beginning of its id
  std::string policy;  // --policy; empty: the configured one
  Requester requester;
  std::string only_user = {};  // an object id or a user principal name; empty: everyone
  bool with_app = false;
  Time now;
  std::string id;  // of the plan
};

// The plan that undoes a run, sealed; it is written nowhere. It may be empty: its remarks say why.
// Errc::not_found: no such run; Errc::invalid: no such user in it.
Result<plan::Plan> make_undo(const UndoWish& wish, const Config& config, journal::Store& store);

}  // namespace clawback::cli
