#include "evidence/second_look.hpp"
#include "graph/parse.hpp"

namespace clawback::evidence {

asio::awaitable<Outcome> look_at_admin_consent_requests(graph::Reader& reader,
                                                        domain::Snapshot& snapshot) {
  Outcome outcome;
  const graph::Call call = graph::make_call("adminConsentRequestPolicy_get");
  const auto answer = co_await reader.get(call);
  if (!answer) {
    outcome.error = answer.error();
  } else if (!answer->ok()) {
    outcome.error = graph::to_error(call, *answer);
  } else if (auto policy = graph::parse_admin_consent_request_policy(answer->body)) {
    snapshot.admin_consent_request_policy = std::move(*policy);
  } else {
    outcome.error = policy.error();
  }
  co_return outcome;
}

asio::awaitable<Outcome> look_at_conditional_access(graph::Reader& reader,
                                                    domain::Snapshot& snapshot) {
  Outcome outcome;
  const auto on_page = [&](const json::array& page) -> Result<void> {
    for (const json::value& value : page) {
      auto policy = graph::parse_conditional_access_policy(value);
      if (policy) {
        snapshot.conditional_access_policies.push_back(std::move(*policy));
      } else if (outcome.unusable++ == 0) {
        outcome.first_unusable = policy.error().message;
      }
    }
    return {};
  };
  const auto read =
      co_await reader.pages(graph::make_call("conditionalAccessPolicy_list"), on_page);
  if (!read) outcome.error = read.error();
  co_return outcome;
}

}  // namespace clawback::evidence
