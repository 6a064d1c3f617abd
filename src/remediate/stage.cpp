#include "remediate/stage.hpp"

#include <algorithm>
#include <deque>

#include "http/run.hpp"
#include "remediate/answers.hpp"
#include "remediate/look_all.hpp"

namespace clawback::remediate {
namespace {

using journal::Event;
using journal::EventKind;
using Actions = std::vector<const plan::Action*>;

// What a read showed longer ago than this is read again before anything is sent.
constexpr Duration fresh_max = std::chrono::seconds(5);
// A service on which no look is fresh, or that no request reaches, is left to `resume`.
constexpr int in_vain_max = 20;

// The actions of one envelope.
class Group {
 public:
  Group(Progress& progress, Actions actions, bool alone, Actions& again)
      : progress_(progress), actions_(std::move(actions)), alone_(alone), again_(again) {}

  // Answers what it could not send because its look was old by then, as parts that are looked at
  // one after the other.
  asio::awaitable<std::vector<Actions>> run() {
    give_up_in_vain();
    if (progress_.stopped() || actions_.empty()) co_return std::vector<Actions>();
    const std::string path = actions_.front()->request.path;
    graph::Writer& writer = progress_.writer();
    if (!alone_) co_await writer.ready(path, actions_.size());
    if (progress_.stopped()) co_return std::vector<Actions>();
    const auto looks =
        co_await look_all_timed(writer.reader(), actions_, [this] { return progress_.now(); });
    const bool counted = !alone_ || something_to_send(looks);
    if (alone_ && counted) co_await writer.ready(path, actions_.size());
    // From here on nothing waits until they leave.
    held_ = writer.held(path);
    auto sending = judge(looks);
    if (counted) writer.not_sent(path, actions_.size() - sending.size());
    if (progress_.stopped() || sending.empty()) co_return old_parts();
    const auto allowed = progress_.may_send();
    if (!allowed) {
      progress_.stop(allowed.error());
      co_return std::vector<Actions>();
    }
    // On disk before anything of it leaves.
    const auto intended = progress_.write(intents(sending));
    if (!intended) {
      progress_.stop(intended.error());
      co_return std::vector<Actions>();
    }
    for (const Sending& one : sending) progress_.track(*one.action).since = progress_.now();
    auto answers = co_await send(sending);
    co_await take_answers(progress_, sending, std::move(answers), again_);
    co_return old_parts();
  }

 private:
  // Says so of each action whose looks were too old again and again.
  void give_up_in_vain() {
    std::vector<Event> events;
    Actions rest;
    for (const plan::Action* action : actions_) {
      Track& track = progress_.track(*action);
      if (track.in_vain < in_vain_max) {
        rest.push_back(action);
        continue;
      }
      track.over = true;
      // What may have been sent stays unknown.
      const bool ours = may_be_ours(progress_.at(*action).phase);
      events.push_back({.kind = ours ? EventKind::lost : EventKind::skipped,
                        .action = action->id,
                        .detail = std::string(journal::could_not_be_read) +
                                  "each look at it was too old before the request could leave"});
    }
    actions_ = std::move(rest);
    const auto written = progress_.write(std::move(events));
    if (!written) progress_.stop(written.error());
  }

  // Half as many are looked at faster; while all wait for the service, none are.
  std::vector<Actions> old_parts() {
    if (progress_.stopped() || old_.empty()) return {};
    if (held_ || old_.size() == 1) return {old_};
    const auto middle = old_.begin() + static_cast<std::ptrdiff_t>(old_.size() / 2);
    return {Actions(old_.begin(), middle), Actions(middle, old_.end())};
  }

  [[nodiscard]] bool something_to_send(const std::vector<TimedLook>& looks) const {
    for (std::size_t i = 0; i < actions_.size(); ++i) {
      const Result<json::value>& seen = looks[i].seen;
      if (seen && progress_.move_for(*actions_[i], *seen) == Move::send) return true;
    }
    return false;
  }

  std::vector<Sending> judge(const std::vector<TimedLook>& looks) {
    std::vector<Sending> sending;
    std::vector<Event> events;
    for (std::size_t i = 0; i < actions_.size(); ++i) {
      const plan::Action& action = *actions_[i];
      const Result<json::value>& seen = looks[i].seen;
      if (!seen) {
        judge_unread(action, seen.error(), events);
      } else if (progress_.move_for(action, *seen) != Move::send) {
        judge_seen(action, *seen, events);
      } else if (held_ || progress_.now() - looks[i].at > fresh_max) {
        ++progress_.track(action).in_vain;
        old_.push_back(&action);
      } else {
        add(sending, action, *seen);
      }
    }
    const auto written = progress_.write(std::move(events));
    if (!written) progress_.stop(written.error());
    return sending;
  }

  void judge_unread(const plan::Action& action, const Error& error, std::vector<Event>& events) {
    if (stops_the_run(error.code)) return progress_.stop(error);
    // What may have been sent is for the reads at the end.
    if (may_be_ours(progress_.at(action).phase)) return;
    progress_.track(action).over = true;
    events.push_back({.kind = EventKind::skipped,
                      .action = action.id,
                      .detail = std::string(journal::could_not_be_read) + error.message});
  }

  void judge_seen(const plan::Action& action, const json::value& now, std::vector<Event>& events) {
    const Move move = progress_.move_for(action, now);
    const bool ours = may_be_ours(progress_.at(action).phase);
    if (move == Move::finish && ours) {
      Track& track = progress_.track(action);
      track.agreed = progress_.now();
      track.look_at = *track.agreed + progress_.settings().verify_gap;
    } else if (move == Move::finish) {
      events.push_back({.kind = EventKind::satisfied,
                        .action = action.id,
                        .detail = "it was so already: nothing was sent",
                        .observed = now});
    } else if (move == Move::skip) {
      progress_.track(action).over = true;
      events.push_back({.kind = EventKind::drifted,
                        .action = action.id,
                        .detail = drift_words(progress_.at(action).phase),
                        .observed = now});
    }
    // Anything else was sent, and shows or does not show in the reads at the end.
  }

  void add(std::vector<Sending>& sending, const plan::Action& action, const json::value& now) {
    Track& track = progress_.track(action);
    const auto call = call_of(action.request);
    if (!call) return progress_.stop(call.error());
    if (++track.sends > sends_max) {
      track.over = true;
      return;
    }
    sending.push_back({.action = &action,
                       .call = *call,
                       .client_request_id = progress_.settings().make_guid(),
                       .observed = now});
  }

  static std::vector<Event> intents(const std::vector<Sending>& sending) {
    std::vector<Event> events;
    for (const Sending& one : sending) {
      events.push_back({.kind = EventKind::intent,
                        .action = one.action->id,
                        .client_request_id = one.client_request_id,
                        .observed = one.observed});
    }
    return events;
  }

  asio::awaitable<Answers> send(const std::vector<Sending>& sending) {
    graph::Writer& writer = progress_.writer();
    if (sending.size() == 1) {
      auto answer = co_await writer.send(sending.front().call, sending.front().client_request_id);
      Answers one;
      one.push_back(std::move(answer));
      co_return one;
    }
    std::vector<graph::Write> writes;
    for (const Sending& one : sending)
      writes.push_back({.call = one.call, .client_request_id = one.client_request_id});
    co_return co_await writer.send_batch(std::move(writes));
  }

  Progress& progress_;
  Actions actions_;
  bool alone_;
  Actions& again_;
  Actions old_;
  bool held_ = false;
};

using Task = std::function<asio::awaitable<void>()>;

// Each part looked at and sent, one after the other.
asio::awaitable<void> in_turn(Progress& progress, std::deque<Actions> parts, bool alone,
                              Actions& again) {
  while (!parts.empty() && !progress.stopped()) {
    Group group(progress, std::move(parts.front()), alone, again);
    parts.pop_front();
    auto old = co_await group.run();
    for (Actions& part : old) parts.push_back(std::move(part));
  }
}

std::vector<Task> tasks_of(Progress& progress, const Actions& actions, Actions& again) {
  std::deque<Actions> alone;
  Actions together;
  for (const plan::Action* action : actions) {
    if (graph::goes_alone(action->request.path)) {
      alone.push_back({action});
    } else {
      together.push_back(action);
    }
  }
  std::vector<Task> tasks;
  if (!alone.empty()) {
    tasks.emplace_back(
        [&progress, &again, alone]() { return in_turn(progress, alone, true, again); });
  }
  const std::size_t size = std::clamp<std::size_t>(progress.settings().envelope, 1, 20);
  for (std::size_t start = 0; start < together.size(); start += size) {
    const auto from = together.begin() + static_cast<std::ptrdiff_t>(start);
    const std::size_t end = std::min(start + size, together.size());
    const Actions part(from, together.begin() + static_cast<std::ptrdiff_t>(end));
    tasks.emplace_back(
        [&progress, &again, part]() { return in_turn(progress, {part}, false, again); });
  }
  return tasks;
}

}  // namespace

asio::awaitable<void> send_stage(Progress& progress, Actions actions) {
  const std::size_t lanes = std::max<std::size_t>(progress.settings().lanes, 1);
  while (!actions.empty() && !progress.stopped()) {
    Actions again;
    co_await http::run_all(tasks_of(progress, actions, again), lanes);
    actions = std::move(again);
  }
}

}  // namespace clawback::remediate
