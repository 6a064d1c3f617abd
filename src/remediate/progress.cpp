#include "remediate/progress.hpp"

#include <fmt/format.h>

#include "plan/kinds.hpp"

namespace clawback::remediate {

using journal::Phase;

bool may_be_ours(Phase phase) {
  return phase == Phase::intended || phase == Phase::acknowledged || phase == Phase::unverified;
}

bool stops_the_run(Errc code) {
  return code == Errc::unauthenticated || code == Errc::io || code == Errc::guard ||
         code == Errc::approval || code == Errc::audit;
}

Progress::Progress(const approval::ApprovedPlan& approved, graph::Writer& writer,
                   journal::Store& store, Settings& settings, std::string run,
                   journal::RunState state)
    : approved_(approved),
      writer_(writer),
      store_(store),
      settings_(settings),
      run_(std::move(run)),
      state_(std::move(state)) {
  for (const plan::Action& action : plan().actions) {
    by_id_.emplace(action.id, &action);
    Track& track = tracks_[action.id];
    track.pause = settings_.verify_first;
    const journal::ActionState& known = at(action);
    // A request of an earlier process had the time since then to show its effect.
    if (known.phase == Phase::intended) track.since = known.intended_at;
  }
}

Result<void> Progress::write(std::vector<journal::Event> events) {
  if (events.empty()) return {};
  for (journal::Event& event : events) event.time = settings_.now();
  auto stored = store_.append(run_, events);
  if (!stored) return stored;
  for (const journal::Event& event : events) {
    journal::add(state_, event);
    if (!settings_.on_event) continue;
    const auto found = by_id_.find(event.action);
    settings_.on_event(found != by_id_.end() ? found->second : nullptr, event);
  }
  return {};
}

Result<void> Progress::may_send() const {
  if (settings_.may_send) {
    auto allowed = settings_.may_send();
    if (!allowed) return allowed;
  }
  if (settings_.now() < approved_.expires()) return {};
  return Error{.code = Errc::approval,
               .message = "the approval ended before everything was sent",
               .hint = fmt::format("approve again, then `clawback resume {}`", run_)};
}

std::optional<Progress::Blocker> Progress::blocked_by(const plan::Action& action) const {
  for (const std::string& id : action.depends) {
    const Phase phase = state_.actions.at(id).phase;
    const Track& track = tracks_.at(id);
    // Of what was just made, reads may not know yet: whoever waits for it would find nothing.
    const bool makes = by_id_.at(id)->precondition.before.is_null();
    const bool contained = phase == Phase::done || phase == Phase::satisfied ||
                           (phase == Phase::acknowledged && !makes) || track.agreed.has_value();
    if (!contained) return Blocker{.id = id, .for_good = track.over};
  }
  return std::nullopt;
}

json::value Progress::observed_before(const plan::Action& action) const {
  return may_be_ours(at(action).phase) ? at(action).observed : json::value();
}

Move Progress::move_for(const plan::Action& action, const json::value& now) const {
  const Phase phase = at(action).phase;
  const Track& known = track(action);
  const plan::KindInfo* kind = plan::find_kind(action.kind);
  const bool repeatable = kind != nullptr && kind->repeatable;
  const bool long_ago = known.since && settings_.now() - *known.since >= settings_.verify_window;
  // Sent for the last time, its effect is waited for.
  const bool more = repeatable && known.sends < sends_max;
  const bool settled = long_ago || (phase == Phase::intended && more);
  return next_move(phase, see(action, now, observed_before(action)), settled);
}

bool Progress::shows_effect(const plan::Action& action, const json::value& now) const {
  return see(action, now, observed_before(action)) == plan::Seen::already_done;
}

void Progress::stop(Error error) {
  if (!stopped_) stopped_ = std::move(error);
}

}  // namespace clawback::remediate
