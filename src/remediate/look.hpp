#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "graph/client.hpp"
#include "plan/plan.hpp"

namespace clawback::remediate {

namespace asio = boost::asio;

// Reads what an action is about, with its precondition's request, and returns the projection that
// the plan compares; null: absent. Errors are those of graph::Reader, or Errc::guard when the
// request is none that clawback sends.
asio::awaitable<Result<json::value>> look(graph::Reader& reader, const plan::Action& action);

// Whether one GET answers, so that the look can stand in a $batch…
bool looked_at_alone(const plan::Action& action);
// …and what its answer to `call` shows; 404 is null: absent.
Result<json::value> seen_in(const plan::Action& action, const graph::Call& call,
                            const graph::Answer& answer);

// What was seen, and when: it was so at `at` or later.
struct TimedLook {
  Result<json::value> seen = json::value();
  Time at{};
};

// Actions that look in one list, by one reading of it, which ends when all are found. What stands
// in the list is as old as its page, what is absent as old as the reading.
asio::awaitable<std::vector<TimedLook>> look_in_list(graph::Reader& reader,
                                                     std::vector<const plan::Action*> actions,
                                                     std::function<Time()> now);

// The service principals at these paths (plan/shape.hpp), for the guards, in their order; nullopt:
// it is not there.
using FoundApp = std::optional<domain::ServicePrincipal>;
asio::awaitable<Result<std::vector<FoundApp>>> look_up_apps(graph::Reader& reader,
                                                            std::vector<std::string> paths);

// A stored request as a call; Errc::guard when no typed operation matches it.
Result<graph::Call> call_of(const plan::Request& request);

}  // namespace clawback::remediate
