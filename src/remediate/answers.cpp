#include "remediate/answers.hpp"

#include <fmt/format.h>

#include "plan/kinds.hpp"
#include "remediate/look_all.hpp"

namespace clawback::remediate {
namespace {

using journal::Event;
using journal::EventKind;
using journal::Phase;

// Refusals that only mean "later", before an action is left to `resume`.
constexpr int throttled_max = 40;
// A conflict with another writer ends at once or not at all…
constexpr int conflicts_max = 4;
// …and so does a new token help.
constexpr int signed_out_max = 4;

bool repeatable(const plan::Action& action) {
  const plan::KindInfo* kind = plan::find_kind(action.kind);
  return kind != nullptr && kind->repeatable;
}

// Nothing of it left, be it that others were throttled or that no connection was free or made in
// time. A server that can't be trusted stays so.
bool never_left(const Error& error) {
  return http::was_held_back(error) ||
         (error.code == Errc::unavailable && !http::is_permanent(error));
}

class Taking {
 public:
  Taking(Progress& progress, std::vector<const plan::Action*>& again)
      : progress_(progress), again_(again) {}

  void take(const Sending& sent, const Result<graph::Answer>& answer) {
    Track& track = progress_.track(*sent.action);
    if (answer || !never_left(answer.error())) track.in_vain = 0;
    if (!answer) return take_error(*sent.action, answer.error());
    Event event{
        .action = sent.action->id, .status = answer->status, .request_id = answer->request_id};
    if (answer->ok()) {
      event.kind = EventKind::answered;
      progress_.track(*sent.action).look_at = {};
      events_.push_back(std::move(event));
      return;
    }
    event.detail = graph::to_error(sent.call, *answer).message;
    const bool later = answer->status == 429 || (answer->status == 503 && answer->retry_after);
    if ((later && ++track.throttled <= throttled_max) ||
        (answer->status == 401 && ++track.signed_out <= signed_out_max)) {
      not_done(*sent.action, std::move(event));
    } else if (later || answer->status == 401) {
      refused(*sent.action, std::move(event));
    } else if (answer->status >= 500 || answer->status == 408) {
      lost(*sent.action, std::move(event));
    } else {
      // "Not found" on a removal, and even an error on a creation, can mean that it is as wanted.
      looked_at_.push_back(sent.action);
      doubtful_.push_back(std::move(event));
    }
  }

  asio::awaitable<void> finish() {
    if (!write()) co_return;
    if (looked_at_.empty()) co_return;
    const auto looks = co_await look_all(progress_.writer().reader(), looked_at_);
    for (std::size_t i = 0; i < looked_at_.size(); ++i) {
      const plan::Action& action = *looked_at_[i];
      Event event = std::move(doubtful_[i]);
      const bool conflict = event.status == 409;
      if (looks[i] && progress_.shows_effect(action, *looks[i])) {
        event.kind = EventKind::answered;
        event.detail = fmt::format("answered {}, and it is as wanted", event.status);
        events_.push_back(std::move(event));
      } else if (conflict && ++progress_.track(action).conflicts <= conflicts_max) {
        not_done(action, std::move(event));
      } else {
        refused(action, std::move(event));
      }
    }
    write();
  }

 private:
  bool write() {
    const auto written = progress_.write(std::move(events_));
    events_.clear();
    if (!written) progress_.stop(written.error());
    return written.operator bool();
  }

  // It did not happen, and is looked at and sent again.
  void not_done(const plan::Action& action, Event event) {
    event.kind = EventKind::refused;
    events_.push_back(std::move(event));
    --progress_.track(action).sends;  // that one is accounted for
    again_.push_back(&action);
  }

  // It did not happen, and is not sent again. Whether one before it had its effect is for the reads
  // at the end.
  void refused(const plan::Action& action, Event event) {
    event.kind = EventKind::refused;
    events_.push_back(std::move(event));
    Track& track = progress_.track(action);
    track.sends = sends_max;
    track.over = progress_.at(action).unknown <= 1;  // this one, and none before
  }

  void lost(const plan::Action& action, Event event) {
    event.kind = EventKind::lost;
    events_.push_back(std::move(event));
    if (repeatable(action)) again_.push_back(&action);
  }

  void take_error(const plan::Action& action, const Error& error) {
    Event event{.action = action.id, .detail = error.message};
    if (never_left(error)) {
      ++progress_.track(action).in_vain;
      return not_done(action, std::move(event));
    }
    if (error.code == Errc::outcome_unknown || error.code == Errc::protocol) {
      return lost(action, std::move(event));
    }
    refused(action, std::move(event));
    if (stops_the_run(error.code)) progress_.stop(error);
  }

  Progress& progress_;
  std::vector<const plan::Action*>& again_;
  std::vector<Event> events_;
  std::vector<const plan::Action*> looked_at_;
  std::vector<Event> doubtful_;
};

}  // namespace

std::string drift_words(Phase phase) {
  return may_be_ours(phase) ? "somebody changed the object after the request was sent"
                            : "the object is not what the plan saw: nothing was sent";
}

asio::awaitable<void> take_answers(Progress& progress, const std::vector<Sending>& sent,
                                   Answers answers, std::vector<const plan::Action*>& again) {
  Taking taking(progress, again);
  for (std::size_t i = 0; i < sent.size(); ++i) taking.take(sent[i], answers[i]);
  co_await taking.finish();
}

}  // namespace clawback::remediate
