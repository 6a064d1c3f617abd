#pragma once

#include <optional>
#include <string>

#include "remediate/execute.hpp"
#include "remediate/next_move.hpp"

namespace clawback::remediate {

// Brings one run's actions to their end, one after the other. What it knows of an action is always
// what the journal says, so that a run after a crash is the same run.
class Driver {
 public:
  Driver(const approval::ApprovedPlan& approved, graph::Writer& writer, journal::Store& store,
         Settings& settings, std::string run, journal::RunState state);

  // Every action that is not done yet. An Error stops the run where it is; `resume` goes on.
  asio::awaitable<Result<void>> drive();
  [[nodiscard]] const journal::RunState& state() const { return state_; }

 private:
  // How long the service wants to be left alone before the next try; nullopt: it did not say.
  using Wait = std::optional<Duration>;

  asio::awaitable<Result<void>> drive_one(const plan::Action& action);
  asio::awaitable<Result<Wait>> send(const plan::Action& action, const json::value& observed);
  asio::awaitable<Result<Wait>> take_answer(const plan::Action& action, const graph::Call& call,
                                            const graph::Answer& answer);
  Result<Wait> take_error(const plan::Action& action, const Error& error);
  Result<void> conclude(const plan::Action& action, const json::value& now);
  Result<void> unreadable(const plan::Action& action, const Error& error);
  Result<void> leave(const plan::Action& action, Move move, const json::value& now);
  Result<void> write(const plan::Action* action, journal::Event event);
  std::optional<std::string> blocked_by(const plan::Action& action) const;
  journal::ActionState& at(const plan::Action& action) { return state_.actions.at(action.id); }

  const approval::ApprovedPlan& approved_;
  graph::Writer& writer_;
  journal::Store& store_;
  Settings& settings_;
  std::string run_;
  journal::RunState state_;
};

}  // namespace clawback::remediate
