#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "remediate/progress.hpp"

namespace clawback::remediate {

// One request of an envelope: its intent is on disk.
struct Sending {
  const plan::Action* action = nullptr;
  graph::Call call;
  std::string client_request_id;
  json::value observed;
};
using Answers = std::vector<Result<graph::Answer>>;

// What came of each. An action that has to be looked at and sent again is put into `again`; what
// may have happened and can't be repeated at once is left to the reads at the end.
asio::awaitable<void> take_answers(Progress& progress, const std::vector<Sending>& sent,
                                   Answers answers, std::vector<const plan::Action*>& again);

// What happened to the request of an action that drifted, in a few plain words.
std::string drift_words(journal::Phase phase);

}  // namespace clawback::remediate
