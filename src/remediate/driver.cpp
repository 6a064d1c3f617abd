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
  const bool ours = at(action).intents > 0;
  return write(&action, {.kind = ours ? EventKind::verified : EventKind::satisfied,
                         .detail = ours ? "" : "it was so already: nothing was sent",
                         .observed = now});
}

asio::awaitable<Result<void>> Driver::drive_one(const plan::Action& action) {
  Duration pause = settings_.verify_first;
  // A request of an earlier run had the time since then to show its effect.
  Time since = at(action).phase == Phase::intended
                   ? at(action).intended_at.value_or(settings_.now())
                   : settings_.now();
  for (;;) {
    const auto now = co_await look(writer_.reader(), action);
    if (!now) {
      if (stops_the_run(now.error().code)) co_return now.error();
      const bool sent = at(action).intents > 0;
      co_return write(&action, {.kind = sent ? EventKind::unverified : EventKind::skipped,
                                .detail = "it could not be read: " + now.error().message});
    }
    const int intents = at(action).intents;
    const bool settled = settings_.now() - since >= settings_.verify_window;
    switch (next_move(at(action).phase, see(action, *now, at(action).observed), settled)) {
      case Move::finish:
        co_return conclude(action, *now);
      case Move::skip:
        co_return write(&action, {.kind = EventKind::skipped,
                                  .detail = drift_words(at(action).phase),
                                  .observed = *now});
      case Move::give_up:
        co_return write(&action,
                        {.kind = EventKind::unverified,
                         .detail = "it was acknowledged, but the effect did not show in time",
                         .observed = *now});
      case Move::read_again:
        co_await settings_.sleep(pause);
        pause = std::min(pause * 2, pause_max);
        continue;
      case Move::send:
        break;
    }
    const auto sent = co_await send(action, *now);
    if (!sent) co_return sent;
    if (at(action).phase == Phase::failed || at(action).phase == Phase::done)
      co_return Result<void>();
    if (at(action).intents > intents) since = settings_.now();
    pause = settings_.verify_first;
  }
}

asio::awaitable<Result<void>> Driver::send(const plan::Action& action,
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
  if (!intended) co_return intended;
  const auto answer = co_await writer_.send(*call, id);
  if (!answer) co_return take_error(action, answer.error());
  co_return co_await take_answer(action, *call, *answer);
}

asio::awaitable<Result<void>> Driver::take_answer(const plan::Action& action,
                                                  const graph::Call& call,
                                                  const graph::Answer& answer) {
  if (answer.ok()) {
    co_return write(
        &action,
        {.kind = EventKind::answered, .status = answer.status, .request_id = answer.request_id});
  }
  // "Not found" on a removal, and even an error on a creation, can mean that it is as wanted: look.
  const auto now = co_await look(writer_.reader(), action);
  const bool done = now && see(action, *now, at(action).observed) == plan::Seen::already_done;
  const Error refusal = graph::to_error(call, answer);
  if (done) {
    co_return write(&action,
                    {.kind = EventKind::verified,
                     .status = answer.status,
                     .request_id = answer.request_id,
                     .detail = fmt::format("answered {}, and it is as wanted", answer.status),
                     .observed = *now});
  }
  co_return write(&action, {.kind = EventKind::refused,
                            .status = answer.status,
                            .request_id = answer.request_id,
                            .detail = refusal.message});
}

Result<void> Driver::take_error(const plan::Action& action, const Error& error) {
  if (error.code == Errc::outcome_unknown || error.code == Errc::protocol) {
    return write(&action, {.kind = EventKind::lost, .detail = error.message});
  }
  auto written = write(&action, {.kind = EventKind::refused, .detail = error.message});
  if (!written) return written;
  if (stops_the_run(error.code)) return error;
  return {};
}

}  // namespace clawback::remediate
