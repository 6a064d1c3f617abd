#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "remediate/execute.hpp"
#include "remediate/next_move.hpp"

namespace clawback::remediate {

// What this process knows of an action besides the journal.
struct Track {
  int sends = 0;  // requests whose outcome stayed unknown, and the first one
  // Refusals that may end by themselves, each kind with its own patience (answers.cpp).
  int throttled = 0;
  int conflicts = 0;
  int signed_out = 0;  // the token was not taken
  int in_vain = 0;     // looks that were too old to send on, and requests that never left
  bool over = false;   // nothing more is done about it before `resume`
  // The effect shows since then; nullopt: the last read did not show it.
  std::optional<Time> agreed;
  std::optional<Time> since;  // the window for its effect began
  Time look_at{};             // the next read is due
  Duration pause{0};          // after that
};

// How far one run is: what its journal says, which is all that counts after a crash, and the tracks
// of this process.
class Progress {
 public:
  Progress(const approval::ApprovedPlan& approved, graph::Writer& writer, journal::Store& store,
           Settings& settings, std::string run, journal::RunState state);

  // On disk when it returns, all or none.
  Result<void> write(std::vector<journal::Event> events);

  // Before requests leave: the kill switch, and whether the approval still holds.
  Result<void> may_send() const;

  // Why an action can't be sent yet: the dependency that is not done.
  struct Blocker {
    std::string id;
    bool for_good = false;  // within this run it will not be
  };
  [[nodiscard]] std::optional<Blocker> blocked_by(const plan::Action& action) const;

  // What to do about an action that looks like this now.
  [[nodiscard]] Move move_for(const plan::Action& action, const json::value& now) const;
  [[nodiscard]] bool shows_effect(const plan::Action& action, const json::value& now) const;

  [[nodiscard]] const plan::Plan& plan() const { return approved_.plan(); }
  [[nodiscard]] const journal::RunState& state() const { return state_; }
  [[nodiscard]] const journal::ActionState& at(const plan::Action& action) const {
    return state_.actions.at(action.id);
  }
  Track& track(const plan::Action& action) { return tracks_.at(action.id); }
  [[nodiscard]] const Track& track(const plan::Action& action) const {
    return tracks_.at(action.id);
  }
  graph::Writer& writer() { return writer_; }
  Settings& settings() { return settings_; }
  [[nodiscard]] Time now() const { return settings_.now(); }

  // The first reason to stop; every lane looks at it before it sends.
  void stop(Error error);
  [[nodiscard]] const std::optional<Error>& stopped() const { return stopped_; }

 private:
  [[nodiscard]] json::value observed_before(const plan::Action& action) const;

  const approval::ApprovedPlan& approved_;
  graph::Writer& writer_;
  journal::Store& store_;
  Settings& settings_;
  std::string run_;
  journal::RunState state_;
  std::map<std::string, Track> tracks_;
  std::map<std::string, const plan::Action*> by_id_;
  std::optional<Error> stopped_;
};

// A request of ours may have had its effect; before, whatever is seen is somebody else's doing.
bool may_be_ours(journal::Phase phase);

// Requests of one action within one run whose outcome stays unknown.
inline constexpr int sends_max = 5;

bool stops_the_run(Errc code);

}  // namespace clawback::remediate
