#include "remediate/driver.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"
#include "remediate/look.hpp"
#include "remediate/next_move.hpp"

namespace clawback::remediate {

using journal::Event;
using journal::EventKind;
using journal::Phase;

namespace {

constexpr Duration pause_max = std::chrono::seconds(10);

// Requests of one action within one run, before it is left to `resume`.
constexpr int sends_max = 5;
constexpr Duration throttle_max = std::chrono::minutes(3);
const json::value nothing;

// A request of ours may have had its effect; before, whatever is seen is somebody else's doing.
bool may_be_ours(Phase phase) {
  return phase == Phase::intended || phase == Phase::acknowledged || phase == Phase::unverified;
}

Result<std::optional<Duration>> written(const Result<void>& stored,
                                        std::optional<Duration> wait = {}) {
  if (!stored) return stored.error();
  return wait;
}

bool stops_the_run(Errc code) {
  return code == Errc::unauthenticated || code == Errc::io || code == Errc::guard;
}

// What happened to the request, from the journal's last word, in a few plain words.
std::string drift_words(Phase phase) {
  return phase == Phase::intended || phase == Phase::acknowledged
             ? "somebody changed the object after the request was sent"
             : "the object is not what the plan saw: nothing was sent";
}

}  // namespace

Driver::Driver(const approval::ApprovedPlan& approved, graph::Writer& writer, journal::Store& store,
               Settings& settings, std::string run, journal::RunState state)
    : approved_(approved),
      writer_(writer),
      store_(store),
      settings_(settings),
      run_(std::move(run)),
      state_(std::move(state)) {}

Result<void> Driver::write(const plan::Action* action, Event event) {
  event.time = settings_.now();
  if (action != nullptr) event.action = action->id;
  auto stored = store_.append(run_, event);
  if (!stored) return stored;
  journal::add(state_, event);
  if (settings_.on_event) settings_.on_event(action, event);
  return {};
}

std::optional<std::string> Driver::blocked_by(const plan::Action& action) const {
  for (const std::string& id : action.depends) {
    const Phase phase = state_.actions.at(id).phase;
    if (phase != Phase::done && phase != Phase::satisfied) return id;
  }
  return std::nullopt;
}

asio::awaitable<Result<void>> Driver::drive() {
  for (const plan::Action& action : approved_.plan().actions) {
    const Phase phase = at(action).phase;
    if (phase == Phase::done || phase == Phase::satisfied) continue;
    if (const auto blocker = blocked_by(action)) {
      const auto skipped =
          write(&action, {.kind = EventKind::skipped, .detail = "waits for " + *blocker});
      if (!skipped) co_return skipped;
      continue;
    }
    const auto done = co_await drive_one(action);
    if (!done) co_return done;
  }
  co_return write(nullptr, {.kind = EventKind::ended});
}

Result<void> Driver::conclude(const plan::Action& action, const json::value& now) {
  const bool ours = may_be_ours(at(action).phase);
  return write(&action, {.kind = ours ? EventKind::verified : EventKind::satisfied,
                         .detail = ours ? "" : "it was so already: nothing was sent",
                         .observed = now});
}

Result<void> Driver::unreadable(const plan::Action& action, const Error& error) {
  const std::string detail = "it could not be read: " + error.message;
  switch (at(action).phase) {
    case Phase::acknowledged:
      return write(&action, {.kind = EventKind::unverified, .detail = detail});
    case Phase::intended:
    case Phase::unverified:
      return write(&action, {.kind = EventKind::lost, .detail = detail});
    case Phase::waiting:
    case Phase::failed:
    case Phase::skipped:
    case Phase::done:
    case Phase::satisfied:
      break;
  }
  return write(&action, {.kind = EventKind::skipped, .detail = detail});
}

Result<void> Driver::leave(const plan::Action& action, Move move, const json::value& now) {
  if (move == Move::skip) {
    return write(
        &action,
        {.kind = EventKind::drifted, .detail = drift_words(at(action).phase), .observed = now});
  }
  return write(&action, {.kind = EventKind::unverified,
                         .detail = "it was acknowledged, but the effect did not show in time",
                         .observed = now});
}

asio::awaitable<Result<void>> Driver::drive_one(const plan::Action& action) {
  Duration pause = settings_.verify_first;
  // A request of an earlier run had the time since then to show its effect.
  Time since = at(action).phase == Phase::intended
                   ? at(action).intended_at.value_or(settings_.now())
                   : settings_.now();
  for (int sends = 0;;) {
    const auto now = co_await look(writer_.reader(), action);
    if (!now && stops_the_run(now.error().code)) co_return now.error();
    if (!now) co_return unreadable(action, now.error());
    const bool settled = settings_.now() - since >= settings_.verify_window;
    const json::value& first = may_be_ours(at(action).phase) ? at(action).observed : nothing;
    const Move move = next_move(at(action).phase, see(action, *now, first), settled);
    if (move == Move::finish) co_return conclude(action, *now);
    if (move == Move::skip || move == Move::give_up) co_return leave(action, move, *now);
    if (move == Move::read_again) {
      co_await settings_.sleep(pause);
      pause = std::min(pause * 2, pause_max);
      continue;
    }
    // A service that never answers is left to `resume`; the journal says how far it came.
    if (++sends > sends_max) co_return Result<void>();
    const auto wait = co_await send(action, *now);
    if (!wait) co_return wait.error();
    if (at(action).phase == Phase::done) co_return Result<void>();
    if (at(action).phase == Phase::failed && !*wait) co_return Result<void>();
    if (*wait) co_await settings_.sleep(**wait);
    since = settings_.now();
    pause = settings_.verify_first;
  }
}

asio::awaitable<Result<Driver::Wait>> Driver::send(const plan::Action& action,
                                                   const json::value& observed) {
  if (settings_.now() >= approved_.expires()) {
    co_return Error{.code = Errc::approval,
                    .message = fmt::format("the approval ended before {} was sent", action.id),
                    .hint = fmt::format("approve again, then `clawback resume {}`", run_)};
  }
  const auto call = call_of(action.request);
  if (!call) co_return call.error();
  const std::string id = settings_.make_guid();
  // On disk before the request leaves.
  const auto intended =
      write(&action, {.kind = EventKind::intent, .client_request_id = id, .observed = observed});
  if (!intended) co_return intended.error();
  const auto answer = co_await writer_.send(*call, id);
  if (!answer) co_return take_error(action, answer.error());
  co_return co_await take_answer(action, *call, *answer);
}

asio::awaitable<Result<Driver::Wait>> Driver::take_answer(const plan::Action& action,
                                                          const graph::Call& call,
                                                          const graph::Answer& answer) {
  Event event{.status = answer.status, .request_id = answer.request_id};
  if (answer.ok()) {
    event.kind = EventKind::answered;
    co_return written(write(&action, event));
  }
  event.detail = graph::to_error(call, answer).message;
  if (answer.status == 429 || (answer.status == 503 && answer.retry_after)) {
    // Refused, so not acted on: wait as long as is asked for, and look again before the next try.
    event.kind = EventKind::refused;
    const Duration wait = std::min<Duration>(answer.retry_after.value_or(pause_max), throttle_max);
    co_return written(write(&action, event), wait);
  }
  if (answer.status >= 500 || answer.status == 408) {
    event.kind = EventKind::lost;
    co_return written(write(&action, event));
  }
  // "Not found" on a removal, and even an error on a creation, can mean that it is as wanted: look.
  const auto now = co_await look(writer_.reader(), action);
  if (now && see(action, *now, at(action).observed) == plan::Seen::already_done) {
    event.kind = EventKind::verified;
    event.detail = fmt::format("answered {}, and it is as wanted", answer.status);
    event.observed = *now;
  } else {
    event.kind = EventKind::refused;
  }
  co_return written(write(&action, event));
}

Result<Driver::Wait> Driver::take_error(const plan::Action& action, const Error& error) {
  const bool unknown = error.code == Errc::outcome_unknown || error.code == Errc::protocol;
  const auto stored = write(
      &action, {.kind = unknown ? EventKind::lost : EventKind::refused, .detail = error.message});
  if (!stored) return stored.error();
  if (stops_the_run(error.code)) return error;
  return Wait();
}

}  // namespace clawback::remediate
