#pragma once

#include "graph/client.hpp"
#include "plan/plan.hpp"

namespace clawback::remediate {

namespace asio = boost::asio;

// Reads what an action is about, with its precondition's request, and returns the projection that
// the plan compares; null: absent. Errors are those of graph::Reader, or Errc::guard when the
// request is none that clawback sends.
asio::awaitable<Result<json::value>> look(graph::Reader& reader, const plan::Action& action);

// The service principal that an action is about, for the guards; nullopt: it is not there.
asio::awaitable<Result<std::optional<domain::ServicePrincipal>>> look_up_app(graph::Reader& reader,
                                                                             std::string id);

// A stored request as a call; Errc::guard when no typed operation matches it.
Result<graph::Call> call_of(const plan::Request& request);

}  // namespace clawback::remediate
