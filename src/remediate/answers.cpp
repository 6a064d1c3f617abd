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
constexpr int refusals_max = 40;
// A new token, or a conflict with another writer, helps at once or not at all.
constexpr int conflicts_max = 4;

bool repeatable(const plan::Action& action) {
  const plan::KindInfo* kind = plan::find_kind(action.kind);
  return kind != nullptr && kind->repeatable;
}

class Taking {
 public:
  Taking(Progress& progress, std::vector<const plan::Action*>& again)
      : progress_(progress), again_(again) {}

  void take(const Sending& sent, const Result<graph::Answer>& answer) {
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
    if (later || answer->status == 401) {
      refused(*sent.action, std::move(event), later ? refusals_max : conflicts_max);
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
      if (looks[i] && progress_.shows_effect(action, *looks[i])) {
        event.kind = EventKind::answered;
        event.detail = fmt::format("answered {}, and it is as wanted", event.status);
        events_.push_back(std::move(event));
      } else {
        const int tries = event.status == 409 ? conflicts_max : 0;
        refused(action, std::move(event), tries);
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

  // It did not happen. `tries`: how often it may be refused before that is final.
  void refused(const plan::Action& action, Event event, int tries) {
    Track& track = progress_.track(action);
    event.kind = EventKind::refused;
    events_.push_back(std::move(event));
    if (++track.throttled > tries) return no_more(action, track);
    --track.sends;  // that one is accounted for
    again_.push_back(&action);
  }

  // Not sent again. Whether one before it had its effect is for the reads at the end.
  void no_more(const plan::Action& action, Track& track) const {
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
    if (error.code == Errc::outcome_unknown || error.code == Errc::protocol) {
      return lost(action, std::move(event));
    }
    refused(action, std::move(event), 0);
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
