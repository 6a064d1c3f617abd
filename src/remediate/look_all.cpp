#include "remediate/look_all.hpp"

#include <map>

namespace clawback::remediate {
namespace {

using Looks = std::vector<Result<json::value>>;

struct Alone {
  std::vector<std::size_t> places;
  std::vector<graph::Call> calls;
};

asio::awaitable<void> look_at_each(graph::Reader& reader, Alone alone,
                                   const std::vector<const plan::Action*>& actions, Looks& looks) {
  if (alone.places.size() == 1) {
    const std::size_t place = alone.places.front();
    auto seen = co_await look(reader, *actions[place]);
    looks[place] = std::move(seen);
    co_return;
  }
  if (alone.places.empty()) co_return;
  const auto answers = co_await reader.batch(alone.calls);
  for (std::size_t i = 0; i < alone.places.size(); ++i) {
    const std::size_t place = alone.places[i];
    looks[place] = answers ? seen_in(*actions[place], alone.calls[i], (*answers)[i])
                           : Result<json::value>(answers.error());
  }
}

}  // namespace

asio::awaitable<Looks> look_all(graph::Reader& reader, std::vector<const plan::Action*> actions) {
  Looks looks(actions.size(), Result<json::value>(json::value()));
  Alone alone;
  std::map<std::string, std::vector<std::size_t>> lists;  // by request
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    const std::string& path = actions[i]->precondition.request.path;
    const auto call = call_of(actions[i]->precondition.request);
    if (!call) {
      looks[i] = call.error();
    } else if (!looked_at_alone(*actions[i])) {
      lists[path].push_back(i);
    } else if (graph::goes_alone(path) || !path.starts_with("/v1.0/")) {
      rest.push_back(i);
    } else {
      alone.places.push_back(i);
      alone.calls.push_back(*call);
    }
  }
  co_await look_at_each(reader, std::move(alone), actions, looks);
  for (const std::size_t place : rest) {
    auto seen = co_await look(reader, *actions[place]);
    looks[place] = std::move(seen);
  }
  for (const auto& [path, places] : lists) {
    std::vector<const plan::Action*> same;
    for (const std::size_t place : places) same.push_back(actions[place]);
    auto seen = co_await look_in_list(reader, same);
    for (std::size_t i = 0; i < places.size(); ++i) looks[places[i]] = std::move(seen[i]);
  }
  co_return looks;
}

}  // namespace clawback::remediate
