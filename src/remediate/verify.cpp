#include "remediate/verify.hpp"

#include <algorithm>

#include "remediate/answers.hpp"
#include "remediate/look_all.hpp"

namespace clawback::remediate {
namespace {

using journal::Event;
using journal::EventKind;
using journal::Phase;
using Actions = std::vector<const plan::Action*>;

constexpr Duration pause_max = std::chrono::seconds(10);
// What one round reads and writes down at once.
constexpr std::size_t portion = 400;

bool transient(Errc code) {
  return code == Errc::throttled || code == Errc::unavailable || code == Errc::outcome_unknown;
}

class Verification {
 public:
  explicit Verification(Progress& progress) : progress_(progress) {}

  asio::awaitable<Result<bool>> run() {
    for (Actions open = open_actions(); !open.empty(); open = open_actions()) {
      const Time next = earliest(open);
      // A timer may be a little earlier than the clock.
      const Duration pause = next - progress_.now() + std::chrono::milliseconds(1);
      if (next > progress_.now()) co_await progress_.settings().sleep(pause);
      const Actions due = due_of(open);
      for (std::size_t start = 0; start < due.size(); start += portion) {
        const auto from = due.begin() + static_cast<std::ptrdiff_t>(start);
        const auto size = std::min(portion, due.size() - start);
        const auto read = co_await look({from, from + static_cast<std::ptrdiff_t>(size)});
        if (!read) co_return read.error();
      }
      if (again_ || something_waits_no_more()) co_return true;
    }
    co_return false;
  }

 private:
  Actions open_actions() {
    Actions out;
    for (const plan::Action& action : progress_.plan().actions) {
      if (progress_.track(action).over || !may_be_ours(progress_.at(action).phase)) continue;
      Track& track = progress_.track(action);
      if (!track.since) track.since = progress_.now();
      out.push_back(&action);
    }
    return out;
  }

  Time earliest(const Actions& open) const {
    Time out = progress_.track(*open.front()).look_at;
    for (const plan::Action* action : open) out = std::min(out, progress_.track(*action).look_at);
    return out;
  }

  Actions due_of(const Actions& open) const {
    Actions out;
    // A clock that stands still, or goes back, must not keep us waiting for ever.
    const Time until = std::max(progress_.now(), earliest(open));
    for (const plan::Action* action : open) {
      if (progress_.track(*action).look_at <= until) out.push_back(action);
    }
    return out;
  }

  asio::awaitable<Result<void>> look(Actions actions) {
    const auto looks = co_await look_all(progress_.writer().reader(), actions);
    for (std::size_t i = 0; i < actions.size(); ++i) {
      if (looks[i]) {
        judge(*actions[i], *looks[i]);
      } else if (stops_the_run(looks[i].error().code)) {
        co_return looks[i].error();
      } else {
        unread(*actions[i], looks[i].error());
      }
    }
    auto written = progress_.write(std::move(events_));
    events_.clear();
    co_return written;
  }

  void judge(const plan::Action& action, const json::value& now) {
    Track& track = progress_.track(action);
    const Move move = progress_.move_for(action, now);
    if (move == Move::finish) return agree(action, now);
    track.agreed.reset();
    switch (move) {
      case Move::send:
        if (const auto blocker = progress_.blocked_by(action)) {
          track.over = blocker->for_good;  // it stays what it is: `resume` asks again
          return later(track);
        }
        again_ = true;
        track.look_at = progress_.now() + track.pause;
        return;
      case Move::skip:
        return end(action, EventKind::drifted, drift_words(progress_.at(action).phase), now);
      case Move::give_up:
        return end(action, EventKind::unverified,
                   "it was acknowledged, but the effect did not show in time", now);
      case Move::read_again:
      case Move::finish:
        break;
    }
    later(track);
  }

  void agree(const plan::Action& action, const json::value& now) {
    Track& track = progress_.track(action);
    const Duration gap = progress_.settings().verify_gap;
    if (!track.agreed) {
      track.agreed = progress_.now();
      track.look_at = *track.agreed + gap;
      track.pause = progress_.settings().verify_first;
      return;
    }
    if (progress_.now() - *track.agreed < gap) return;
    events_.push_back({.kind = EventKind::verified, .action = action.id, .observed = now});
  }

  void unread(const plan::Action& action, const Error& error) {
    Track& track = progress_.track(action);
    track.agreed.reset();
    const bool over = progress_.now() - *track.since >= progress_.settings().verify_window;
    if (transient(error.code) && !over) return later(track);
    const bool acknowledged = progress_.at(action).phase == Phase::acknowledged;
    end(action, acknowledged ? EventKind::unverified : EventKind::lost,
        "it could not be read: " + error.message, nullptr);
  }

  void end(const plan::Action& action, EventKind kind, std::string detail, json::value now) {
    progress_.track(action).over = true;
    events_.push_back({.kind = kind,
                       .action = action.id,
                       .detail = std::move(detail),
                       .observed = std::move(now)});
  }

  void later(Track& track) const {
    track.look_at = progress_.now() + track.pause;
    track.pause = std::min(track.pause * 2, pause_max);
  }

  bool something_waits_no_more() const {
    return std::ranges::any_of(progress_.plan().actions, [&](const plan::Action& action) {
      const Phase phase = progress_.at(action).phase;
      const bool unsent =
          phase == Phase::waiting || phase == Phase::failed || phase == Phase::skipped;
      return unsent && !progress_.track(action).over && !progress_.blocked_by(action);
    });
  }

  Progress& progress_;
  std::vector<Event> events_;
  bool again_ = false;
};

}  // namespace

asio::awaitable<Result<bool>> verify(Progress& progress) {
  Verification verification(progress);
  co_return co_await verification.run();
}

}  // namespace clawback::remediate
