#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/token.hpp"
#include "graph/client.hpp"
#include "graph/operations.hpp"
#include "http/brake.hpp"
#include "http/retry.hpp"

namespace clawback::graph {

// What Graph throttles separately. Source: Microsoft Graph throttling limits.
enum class Traffic : std::uint8_t {
  reads,     // identity and access: resource units
  writes,    // identity and access: 3,000 in 150 s for an application and tenant
  reports,   // audit and sign-in logs: 5 in 10 s
  policies,  // Conditional Access, Identity Protection: 1 a second, and no Retry-After
  mailbox,
};
Traffic traffic_of(std::string_view method, std::string_view path);

// One identity's way to Graph: token, usual headers, patience. Requests of one traffic wait
// together.
class Exchange {
 public:
  Exchange(http::Transport& transport, auth::TokenSource& tokens, http::Origin graph,
           http::RetryHooks hooks, http::RetryPolicy policy);

  [[nodiscard]] http::Request request(const Call& call, std::string client_request_id) const;

  // Adds the token and sends. A 401 is answered by one new token and one more try. With
  // `hand_over`, neither: a request whose token would have to be asked for is held back, and a 401
  // is the caller's, who finds a new token when he comes again.
  asio::awaitable<Result<http::Response>> send(http::Request request);
  asio::awaitable<Result<http::Response>> send(http::Request request, Traffic traffic,
                                               http::RetryingTransport::Manner manner);
  // The next request asks for a new token.
  asio::awaitable<void> renew_token();
  // Asks for a token now, unless there is one. That this failed, the next request says.
  asio::awaitable<void> sign_in();
  [[nodiscard]] bool signed_in() const { return tokens_.in_hand(); }
  http::Brake& brake(Traffic traffic) { return brakes_[static_cast<std::size_t>(traffic)]; }

  [[nodiscard]] const http::Origin& graph() const { return graph_; }
  [[nodiscard]] const http::RetryHooks& hooks() const { return hooks_; }
  [[nodiscard]] const http::RetryPolicy& policy() const { return policy_; }

 private:
  auth::TokenSource& tokens_;
  http::Origin graph_;
  http::RetryHooks hooks_;
  http::RetryPolicy policy_;
  http::RetryingTransport patient_;
  std::array<http::Brake, 5> brakes_;
};

// Approved writes go before what else the tenant's applications do. Source: Microsoft Graph
// throttling, "x-ms-throttle-priority".
inline const http::Header urgent{.name = "x-ms-throttle-priority", .value = "high"};

// How long a write that never left is tried again: whoever wants it has just looked, and looks
// again after that.
inline constexpr std::chrono::milliseconds patience = std::chrono::seconds(3);

// The request's own id, as it was sent.
std::string client_request_id(const http::Request& request);
Answer to_answer(const http::Request& request, const http::Response& response);
// No answer came: the error says for which operation and request.
Error no_answer(const Call& call, const http::Request& request, Error error);

struct Reader::State {
  Exchange exchange;
};

}  // namespace clawback::graph
