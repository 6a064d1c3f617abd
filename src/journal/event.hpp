#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/time.hpp"
#include "plan/plan.hpp"

namespace clawback::journal {

enum class EventKind : std::uint8_t {
  started,     // the run exists and the plan is used
  intent,      // about to send; committed to disk before the request leaves
  answered,    // an HTTP status came back
  lost,        // no complete answer: the outcome is unknown until it is read back
  refused,     // answered with a status that means it did not happen
  verified,    // the postcondition was read back
  satisfied,   // the postcondition held before anything was sent
  skipped,     // a dependency failed, or it could not be read: nothing was sent
  drifted,     // the object is not what the plan saw: nothing was sent
  unverified,  // acknowledged, but the postcondition did not show in time
  ended,       // the run came to its end
};
std::string_view name_of(EventKind kind);
// How the detail of a skipped action begins that could not be read.
inline constexpr std::string_view could_not_be_read = "it could not be read: ";
std::optional<EventKind> event_kind_from(std::string_view text);

struct Event {
  EventKind kind = EventKind::started;
  Time time;
  std::string action;             // empty for started and ended
  std::string client_request_id;  // intent
  int status = 0;                 // answered, refused
  std::string request_id;
  std::string detail;    // why, in plain words; never a token or a secret
  json::value observed;  // intent: what the precondition's read showed; verified: what was seen
  friend bool operator==(const Event&, const Event&) = default;
};

// Where an action stands after its events.
enum class Phase : std::uint8_t {
  waiting,       // nothing happened yet
  intended,      // an intent without an answer: it may have been sent
  acknowledged,  // answered with success, not yet verified
  done,          // verified
  satisfied,     // held already, nothing sent
  skipped,
  failed,  // refused by the service, and no other request of it may have had its effect
  unverified,
};
std::string_view name_of(Phase phase);

struct ActionState {
  Phase phase = Phase::waiting;
  Time at{};                        // of the last event
  int intents = 0;                  // requests that may have been sent
  int unknown = 0;                  // those of them that were not refused
  bool drifted = false;             // skipped because the object is another one
  bool unread = false;              // skipped because it could not be read: that may pass
  std::optional<Time> intended_at;  // of the last intent
  json::value observed;             // of the last intent
  json::value after;                // of verified
  std::string detail;
  std::string request_id;
  int status = 0;
  friend bool operator==(const ActionState&, const ActionState&) = default;
};

struct RunState {
  bool started = false;
  bool ended = false;
  std::map<std::string, ActionState> actions;  // by action id; every action of the plan is there
  friend bool operator==(const RunState&, const RunState&) = default;
};

// Pure. Events of actions that the plan does not have are ignored.
RunState fold(const plan::Plan& plan, const std::vector<Event>& events);
// One more event; what fold does for each.
void add(RunState& state, const Event& event);

// Nothing is left to do, and everything was done or satisfied.
bool all_done(const RunState& state);
// Nothing is left that `resume` would try again.
bool settled(const RunState& state);

}  // namespace clawback::journal
