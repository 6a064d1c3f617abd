#include "remediate/next_move.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace clawback::remediate {

using journal::Phase;
using plan::Seen;

Move next_move(Phase phase, Seen seen, bool settled) {
  if (seen == Seen::already_done) return Move::finish;
  switch (phase) {
    case Phase::waiting:
    case Phase::failed:
    case Phase::skipped:
      return seen == Seen::as_planned ? Move::send : Move::skip;
    case Phase::intended:
      // It may have been sent. Reads lag behind writes, so one look is not enough to send again.
      if (seen == Seen::drifted) return Move::skip;
      return settled ? Move::send : Move::read_again;
    case Phase::acknowledged:
    case Phase::unverified:
      // An acknowledged write that does not show is waited for, never repeated.
      return settled ? Move::give_up : Move::read_again;
    case Phase::done:
    case Phase::satisfied:
      return Move::finish;
  }
  std::abort();
}

namespace {

std::optional<Time> sessions_valid_from(const json::value& user) {
  const auto text = string_at(user, "sessionsValidFrom");
  if (!text) return std::nullopt;
  const auto time = parse_time(*text);
  return time ? std::optional<Time>(*time) : std::nullopt;
}

bool sessions_ended(const json::value& now, const json::value& observed) {
  if (observed.is_null()) return false;  // nothing was sent yet
  const auto current = sessions_valid_from(now);
  const auto before = sessions_valid_from(observed);
  return current && (!before || *current > *before);
}

// The planned grant with fewer scopes: taking it away takes nothing that was not planned.
bool only_narrower(const json::value& before, const json::value& now) {
  if (before.is_null() || now.is_null()) return false;
  json::value planned = before;
  json::value current = now;
  planned.as_object().erase("scopes");
  current.as_object().erase("scopes");
  const auto had = plan::scopes_of(before);
  const auto has = plan::scopes_of(now);
  return planned == current && had && has &&
         std::includes(had->begin(), had->end(), has->begin(), has->end());
}

}  // namespace

Seen see(const plan::Action& action, const json::value& now, const json::value& observed) {
  if (action.kind == domain::ActionKind::revoke_sessions) {
    if (sessions_ended(now, observed)) return Seen::already_done;
  } else if (plan::holds(action.postcondition.after, now)) {
    return Seen::already_done;
  }
  if (plan::holds(action.precondition.before, now)) return Seen::as_planned;
  if (action.kind == domain::ActionKind::revoke_grant &&
      only_narrower(action.precondition.before, now)) {
    return Seen::as_planned;
  }
  return Seen::drifted;
}

}  // namespace clawback::remediate
