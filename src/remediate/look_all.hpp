#pragma once

#include <vector>

#include "remediate/look.hpp"

namespace clawback::remediate {

// What each of these actions is about, in their order: twenty reads an envelope where one GET
// answers, and one reading of a list for all that look in it, all side by side. An Error stands
// with the action that it concerns.
asio::awaitable<std::vector<Result<json::value>>> look_all(
    graph::Reader& reader, std::vector<const plan::Action*> actions);
// Likewise, with the time of each.
asio::awaitable<std::vector<TimedLook>> look_all_timed(graph::Reader& reader,
                                                       std::vector<const plan::Action*> actions,
                                                       std::function<Time()> now);

}  // namespace clawback::remediate
