#pragma once

#include <cstdint>

#include "journal/event.hpp"
#include "plan/projection.hpp"

namespace clawback::remediate {

enum class Move : std::uint8_t {
  send,        // write the intent, then send
  read_again,  // sent or possibly sent, and the effect does not show yet
  finish,      // the postcondition holds
  skip,        // the object is not what was planned: nothing is sent
  give_up,     // sent, and the object is neither as planned nor as wanted
};

// Pure. What to do for an action, from where its journal stands and what the object looks like now.
// A first run and the recovery after a crash ask the same question. `settled`: the object has
// looked like this for so long that an effect of an earlier request would show by now.
Move next_move(journal::Phase phase, plan::Seen seen, bool settled);

// Pure. What `now` (a projection; null: absent) means for the action. `observed` is what was
// seen right before the last request that may have been sent, or null if none was. A grant that
// lost scopes since the plan is still the planned one for revoke-grant; anything wider is drift.
plan::Seen see(const plan::Action& action, const json::value& now, const json::value& observed);

}  // namespace clawback::remediate
