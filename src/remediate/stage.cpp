#include "remediate/stage.hpp"

#include <algorithm>

#include "http/run.hpp"
#include "remediate/answers.hpp"
#include "remediate/look_all.hpp"

namespace clawback::remediate {
namespace {

using journal::Event;
using journal::EventKind;
using Actions = std::vector<const plan::Action*>;
using Looks = std::vector<Result<json::value>>;

// What a read showed longer ago than this is read again before anything is sent.
constexpr Duration fresh_max = std::chrono::seconds(5);
// A service on which no look is fresh is left to `resume`.
constexpr int looks_max = 20;

// The actions of one envelope.
class Group {
 public:
  Group(Progress& progress, Actions actions, bool alone, Actions& again)
      : progress_(progress), actions_(std::move(actions)), alone_(alone), again_(again) {}

  asio::awaitable<void> run() {
    auto looks = co_await look_freshly();
    if (progress_.stopped() || looks.empty()) co_return;
    auto sending = judge(looks);
    if (!alone_) progress_.writer().not_sent(actions_.size() - sending.size());
    if (progress_.stopped() || sending.empty()) co_return;
    const auto allowed = progress_.may_send();
    if (!allowed) co_return progress_.stop(allowed.error());
    // On disk before anything of it leaves.
    const auto intended = progress_.write(intents(sending));
    if (!intended) co_return progress_.stop(intended.error());
    for (const Sending& one : sending) progress_.track(*one.action).since = progress_.now();
    auto answers = co_await send(sending);
    co_await take_answers(progress_, sending, std::move(answers), again_);
  }

 private:
  // Nothing: the run stops, or the service is too slow to say how things are.
  asio::awaitable<Looks> look_freshly() {
    graph::Writer& writer = progress_.writer();
    for (int i = 0; i < looks_max; ++i) {
      if (!alone_) co_await writer.ready(actions_.size());
      if (progress_.stopped()) co_return Looks();
      const Time asked = progress_.now();
      auto looks = co_await look_all(writer.reader(), actions_);
      const bool fresh = progress_.now() - asked <= fresh_max;
      if (fresh && (alone_ || !writer.held())) co_return looks;
      if (!alone_) writer.not_sent(actions_.size());
    }
    for (const plan::Action* action : actions_) progress_.track(*action).over = true;
    co_return Looks();
  }

  std::vector<Sending> judge(const Looks& looks) {
    std::vector<Sending> sending;
    std::vector<Event> events;
    for (std::size_t i = 0; i < actions_.size(); ++i) {
      const plan::Action& action = *actions_[i];
      if (!looks[i]) {
        judge_unread(action, looks[i].error(), events);
      } else if (progress_.move_for(action, *looks[i]) == Move::send) {
        add(sending, action, *looks[i]);
      } else {
        judge_seen(action, *looks[i], events);
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
};

using Task = std::function<asio::awaitable<void>()>;

// Those that are alone, one after the other.
asio::awaitable<void> one_by_one(Progress& progress, Actions actions, Actions& again) {
  for (const plan::Action* action : actions) {
    if (progress.stopped()) co_return;
    Group group(progress, {action}, true, again);
    co_await group.run();
  }
}

asio::awaitable<void> in_one(Progress& progress, Actions actions, Actions& again) {
  if (progress.stopped()) co_return;
  Group group(progress, std::move(actions), false, again);
  co_await group.run();
}

std::vector<Task> tasks_of(Progress& progress, const Actions& actions, Actions& again) {
  Actions alone;
  Actions together;
  for (const plan::Action* action : actions) {
    const bool own = graph::goes_alone(action->request.path);
    (own ? alone : together).push_back(action);
  }
  std::vector<Task> tasks;
  if (!alone.empty()) {
    tasks.emplace_back([&progress, &again, alone]() { return one_by_one(progress, alone, again); });
  }
  const std::size_t size = std::clamp<std::size_t>(progress.settings().envelope, 1, 20);
  for (std::size_t start = 0; start < together.size(); start += size) {
    const auto from = together.begin() + static_cast<std::ptrdiff_t>(start);
    const std::size_t end = std::min(start + size, together.size());
    const Actions part(from, together.begin() + static_cast<std::ptrdiff_t>(end));
    tasks.emplace_back([&progress, &again, part]() { return in_one(progress, part, again); });
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
