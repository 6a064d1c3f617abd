#include "evidence/collection.hpp"
#include "graph/parse.hpp"

namespace clawback::evidence {

asio::awaitable<void> read_authorization_policy(Collection& to) {
  const graph::Call call = graph::make_call("authorizationPolicy_get");
  const auto answer = co_await to.reader.get(call);
  if (!answer) {
    to.authorization_policy.error = answer.error();
  } else if (!answer->ok()) {
    to.authorization_policy.error = graph::to_error(call, *answer);
  } else if (auto policy = graph::parse_authorization_policy(answer->body)) {
    to.snapshot.authorization_policy = std::move(*policy);
  } else {
    to.authorization_policy.error = policy.error();
  }
}

asio::awaitable<void> read_permission_grant_policies(Collection& to) {
  const Take take = [&to](const json::value& value) -> Result<void> {
    auto policy = graph::parse_permission_grant_policy(value);
    if (!policy) return policy.error();
    to.snapshot.permission_grant_policies.push_back(std::move(*policy));
    return {};
  };
  to.permission_grant_policies =
      co_await read_collection(to, domain::source::permission_grant_policies,
                               graph::make_call("permissionGrantPolicy_list"), take);
}

}  // namespace clawback::evidence
