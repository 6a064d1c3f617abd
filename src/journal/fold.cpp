#include <algorithm>

#include "journal/event.hpp"

namespace clawback::journal {

std::string_view name_of(EventKind kind) {
  switch (kind) {
    case EventKind::started:
      return "started";
    case EventKind::intent:
      return "intent";
    case EventKind::answered:
      return "answered";
    case EventKind::lost:
      return "lost";
    case EventKind::refused:
      return "refused";
    case EventKind::verified:
      return "verified";
    case EventKind::satisfied:
      return "satisfied";
    case EventKind::skipped:
      return "skipped";
    case EventKind::drifted:
      return "drifted";
    case EventKind::unverified:
      return "unverified";
    case EventKind::ended:
      return "ended";
  }
  return "ended";
}

std::optional<EventKind> event_kind_from(std::string_view text) {
  for (int i = 0; i <= static_cast<int>(EventKind::ended); ++i) {
    if (name_of(static_cast<EventKind>(i)) == text) return static_cast<EventKind>(i);
  }
  return std::nullopt;
}

std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::waiting:
      return "waiting";
    case Phase::intended:
      return "intended";
    case Phase::acknowledged:
      return "acknowledged";
    case Phase::done:
      return "verified";
    case Phase::satisfied:
      return "satisfied";
    case Phase::skipped:
      return "skipped";
    case Phase::failed:
      return "failed";
    case Phase::unverified:
      return "unverified";
  }
  return "waiting";
}

namespace {

void apply(ActionState& state, const Event& event) {
  state.at = event.time;
  state.detail = event.detail;
  state.drifted = event.kind == EventKind::drifted;
  state.unread = event.kind == EventKind::skipped && event.detail.starts_with(could_not_be_read);
  switch (event.kind) {
    case EventKind::intent:
      // A request is repeated only after a read that shows the object still there: what that read
      // showed is what the request takes away, and what an undo brings back.
      state.observed = event.observed;
      state.phase = Phase::intended;
      state.intended_at = event.time;
      ++state.intents;
      ++state.unknown;
      return;
    case EventKind::answered:
      state.phase = Phase::acknowledged;
      state.status = event.status;
      state.request_id = event.request_id;
      return;
    case EventKind::lost:
      return;
    case EventKind::refused:
      // This request did not happen; one before it, whose outcome is unknown, still may have.
      state.unknown = std::max(0, state.unknown - 1);
      state.phase = state.unknown > 0 ? Phase::intended : Phase::failed;
      state.status = event.status;
      state.request_id = event.request_id;
      return;
    case EventKind::verified:
      state.phase = Phase::done;
      state.after = event.observed;
      return;
    case EventKind::satisfied:
      state.phase = Phase::satisfied;
      return;
    case EventKind::skipped:
    case EventKind::drifted:
      state.phase = Phase::skipped;
      return;
    case EventKind::unverified:
      state.phase = Phase::unverified;
      return;
    case EventKind::started:
    case EventKind::ended:
      return;
  }
}

}  // namespace

void add(RunState& state, const Event& event) {
  if (event.kind == EventKind::started) state.started = true;
  // A run that is resumed goes on after its end.
  state.ended = event.kind == EventKind::ended;
  const auto found = state.actions.find(event.action);
  if (found != state.actions.end()) apply(found->second, event);
}

RunState fold(const plan::Plan& plan, const std::vector<Event>& events) {
  RunState state;
  for (const plan::Action& action : plan.actions) state.actions.emplace(action.id, ActionState{});
  for (const Event& event : events) add(state, event);
  return state;
}

bool all_done(const RunState& state) {
  return std::all_of(state.actions.begin(), state.actions.end(), [](const auto& entry) {
    return entry.second.phase == Phase::done || entry.second.phase == Phase::satisfied;
  });
}

bool settled(const RunState& state) {
  return std::all_of(state.actions.begin(), state.actions.end(), [](const auto& entry) {
    const Phase phase = entry.second.phase;
    return phase == Phase::done || phase == Phase::satisfied ||
           (phase == Phase::skipped && !entry.second.unread);
  });
}

}  // namespace clawback::journal
