#pragma once

#include <string>

#include "auth/token.hpp"
#include "graph/client.hpp"
#include "graph/operations.hpp"
#include "http/retry.hpp"

namespace clawback::graph {

// One identity's way to Graph: token, usual headers, patience.
class Exchange {
 public:
  Exchange(http::Transport& transport, auth::TokenSource& tokens, http::Origin graph,
           http::RetryHooks hooks, http::RetryPolicy policy);

  [[nodiscard]] http::Request request(const Call& call, std::string client_request_id) const;

  // Adds the token and sends. A 401 is answered by one new token and one more try.
  asio::awaitable<Result<http::Response>> send(http::Request request);

  [[nodiscard]] const http::Origin& graph() const { return graph_; }
  [[nodiscard]] const http::RetryHooks& hooks() const { return hooks_; }
  [[nodiscard]] const http::RetryPolicy& policy() const { return policy_; }

 private:
  auth::TokenSource& tokens_;
  http::Origin graph_;
  http::RetryHooks hooks_;
  http::RetryPolicy policy_;
  http::RetryingTransport patient_;
};

// The request's own id, as it was sent.
std::string client_request_id(const http::Request& request);
Answer to_answer(const http::Request& request, const http::Response& response);
// No answer came: the error says for which operation and request.
Error no_answer(const Call& call, const http::Request& request, Error error);

struct Reader::State {
  Exchange exchange;
};

}  // namespace clawback::graph
