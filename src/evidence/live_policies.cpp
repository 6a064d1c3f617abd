#include "evidence/collection.hpp"
#include "graph/parse.hpp"

namespace clawback::evidence {
namespace {

// One object, by the operation that gets it.
template <class Policy>
asio::awaitable<void> read_one(Collection& to, graph::Call call,
                               Result<Policy> (*parse)(const json::value&),
                               std::optional<Policy>& into, Outcome& outcome) {
  const auto answer = co_await to.reader.get(call);
  if (!answer) {
    outcome.error = answer.error();
  } else if (!answer->ok()) {
    outcome.error = graph::to_error(call, *answer);
  } else if (auto policy = parse(answer->body)) {
    into = std::move(*policy);
  } else {
    outcome.error = policy.error();
  }
}

template <class Policy>
Take take_into(std::vector<Policy>& into, Result<Policy> (*parse)(const json::value&)) {
  return [&into, parse](const json::value& value) -> Result<void> {
    auto policy = parse(value);
    if (!policy) return policy.error();
    into.push_back(std::move(*policy));
    return {};
  };
}

}  // namespace

asio::awaitable<void> read_authorization_policy(Collection& to) {
  co_await read_one(to, graph::make_call("authorizationPolicy_get"),
                    graph::parse_authorization_policy, to.snapshot.authorization_policy,
                    to.authorization_policy);
}

asio::awaitable<void> read_permission_grant_policies(Collection& to) {
  to.permission_grant_policies = co_await read_collection(
      to, domain::source::permission_grant_policies, graph::make_call("permissionGrantPolicy_list"),
      take_into(to.snapshot.permission_grant_policies, graph::parse_permission_grant_policy));
}

asio::awaitable<void> read_admin_consent_request_policy(Collection& to) {
  co_await read_one(to, graph::make_call("adminConsentRequestPolicy_get"),
                    graph::parse_admin_consent_request_policy,
                    to.snapshot.admin_consent_request_policy, to.admin_consent_request_policy);
}

asio::awaitable<void> read_conditional_access_policies(Collection& to) {
  to.conditional_access_policies = co_await read_collection(
      to, domain::source::conditional_access_policies,
      graph::make_call("conditionalAccessPolicy_list"),
      take_into(to.snapshot.conditional_access_policies, graph::parse_conditional_access_policy));
}

}  // namespace clawback::evidence
