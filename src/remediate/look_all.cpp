#include "remediate/look_all.hpp"

#include <map>

#include "http/run.hpp"

namespace clawback::remediate {
namespace {

using Actions = std::vector<const plan::Action*>;
using Task = std::function<asio::awaitable<void>()>;

// Lists that one look reads at the same time.
constexpr std::size_t lists_at_once = 8;

class Looking {
 public:
  Looking(graph::Reader& reader, Actions actions, std::function<Time()> now)
      : reader_(reader),
        actions_(std::move(actions)),
        now_(std::move(now)),
        looks_(actions_.size()) {
    for (std::size_t i = 0; i < actions_.size(); ++i) sort(i);
  }

  asio::awaitable<std::vector<TimedLook>> run() {
    std::vector<Task> tasks;
    if (!calls_.empty()) {
      tasks.emplace_back([this]() { return in_envelopes(); });
    }
    if (!rest_.empty()) {
      tasks.emplace_back([this]() { return one_by_one(); });
    }
    for (const auto& [path, places] : lists_) {
      tasks.emplace_back([this, &places]() { return in_list(places); });
    }
    co_await http::run_all(std::move(tasks), lists_at_once);
    co_return std::move(looks_);
  }

 private:
  void sort(std::size_t place) {
    const plan::Request& request = actions_[place]->precondition.request;
    const auto call = call_of(request);
    if (!call) {
      looks_[place].seen = call.error();
    } else if (!looked_at_alone(*actions_[place])) {
      lists_[request.path].push_back(place);
    } else if (graph::goes_alone(request.path) || !request.path.starts_with("/v1.0/")) {
      rest_.push_back(place);
    } else {
      places_.push_back(place);
      calls_.push_back(*call);
    }
  }

  asio::awaitable<void> look_at(std::size_t place) {
    const Time at = now_();
    auto seen = co_await look(reader_, *actions_[place]);
    looks_[place] = {.seen = std::move(seen), .at = at};
  }

  asio::awaitable<void> in_envelopes() {
    if (places_.size() == 1) co_return co_await look_at(places_.front());
    const Time at = now_();
    const auto answers = co_await reader_.batch(calls_);
    for (std::size_t i = 0; i < places_.size(); ++i) {
      TimedLook& one = looks_[places_[i]];
      one.at = at;
      one.seen = answers ? seen_in(*actions_[places_[i]], calls_[i], (*answers)[i])
                         : Result<json::value>(answers.error());
    }
  }

  asio::awaitable<void> one_by_one() {
    for (const std::size_t place : rest_) co_await look_at(place);
  }

  asio::awaitable<void> in_list(const std::vector<std::size_t>& places) {
    Actions same;
    for (const std::size_t place : places) same.push_back(actions_[place]);
    auto found = co_await look_in_list(reader_, std::move(same), now_);
    for (std::size_t i = 0; i < places.size(); ++i) looks_[places[i]] = std::move(found[i]);
  }

  graph::Reader& reader_;
  Actions actions_;
  std::function<Time()> now_;
  std::vector<TimedLook> looks_;
  std::vector<std::size_t> places_;  // of what one envelope can ask for…
  std::vector<graph::Call> calls_;   // …and how
  std::vector<std::size_t> rest_;
  std::map<std::string, std::vector<std::size_t>> lists_;  // by request
};

}  // namespace

asio::awaitable<std::vector<TimedLook>> look_all_timed(graph::Reader& reader, Actions actions,
                                                       std::function<Time()> now) {
  Looking looking(reader, std::move(actions), std::move(now));
  co_return co_await looking.run();
}

asio::awaitable<std::vector<Result<json::value>>> look_all(graph::Reader& reader, Actions actions) {
  auto looks = co_await look_all_timed(reader, std::move(actions), system_now);
  std::vector<Result<json::value>> out;
  out.reserve(looks.size());
  for (TimedLook& one : looks) out.push_back(std::move(one.seen));
  co_return out;
}

}  // namespace clawback::remediate
