#include "graph/exchange.hpp"

#include <algorithm>
#include <tuple>

#include "base/digest.hpp"
#include "base/time.hpp"
#include "http/retry.hpp"

namespace clawback::graph {
namespace {

constexpr std::string_view authorization_name = "Authorization";

void set_authorization(http::Headers& headers, const std::string& value) {
  const auto found = std::find_if(headers.begin(), headers.end(), [](const http::Header& header) {
    return header.name == authorization_name;
  });
  if (found != headers.end()) {
    found->value = value;
  } else {
    headers.push_back({.name = std::string(authorization_name), .value = value});
  }
}

// 3,000 in 150 s, and 1 a second; a little less leaves room for others.
constexpr http::Brake::Quota quota_of_writes{.rate = 19.7, .burst = 2960};
// A look and the write after it must not be further apart than a look is believed.
constexpr http::Brake::Quota quota_of_policies{.rate = 1, .burst = 1, .slowest = 0.5};

}  // namespace

Traffic traffic_of(std::string_view method, std::string_view path) {
  const auto has = [&](std::string_view part) { return path.find(part) != std::string_view::npos; };
  if (has("/identity/conditionalAccess") || has("/identityProtection/")) return Traffic::policies;
  if (has("/mailFolders")) return Traffic::mailbox;
  if (has("/auditLogs/") || has("/reports/")) return Traffic::reports;
  return method == "GET" ? Traffic::reads : Traffic::writes;
}

Exchange::Exchange(http::Transport& transport, auth::TokenSource& tokens, http::Origin graph,
                   http::RetryHooks hooks, http::RetryPolicy policy)
    : tokens_(tokens),
      graph_(std::move(graph)),
      hooks_(std::move(hooks)),
      policy_(policy),
      patient_(transport, policy_, hooks_) {
  brake(Traffic::writes) = http::Brake(quota_of_writes);
  brake(Traffic::policies) = http::Brake(quota_of_policies);
}

http::Request Exchange::request(const Call& call, std::string client_request_id) const {
  http::Request request;
  request.method = call.method;
  request.origin = graph_;
  request.target = call.path;
  request.headers = {{.name = "Accept", .value = "application/json"},
                     {.name = "client-request-id", .value = std::move(client_request_id)}};
  const http::Headers& more = operation(call.operation).headers;
  request.headers.insert(request.headers.end(), more.begin(), more.end());
  if (operation(call.operation).writes) request.headers.push_back(urgent);
  if (!call.body.is_null()) {
    request.headers.push_back({.name = "Content-Type", .value = "application/json"});
    request.body = compact_json(call.body);
  }
  return request;
}

asio::awaitable<Result<http::Response>> Exchange::send(http::Request request) {
  const Traffic traffic = traffic_of(request.method, request.target);
  return send(std::move(request), traffic, {});
}

asio::awaitable<Result<http::Response>> Exchange::send(http::Request request, Traffic traffic,
                                                       http::RetryingTransport::Manner manner) {
  if (manner.hand_over && !signed_in()) co_return http::held_back("the token had ended");
  auto authorization = co_await tokens_.authorization();
  if (!authorization) co_return authorization.error();
  set_authorization(request.headers, *authorization);
  auto outcome = co_await patient_.send(request, brake(traffic), manner);
  if (!outcome || outcome->status != 401) co_return outcome;

  tokens_.forget(*authorization);
  if (manner.hand_over) co_return outcome;
  authorization = co_await tokens_.authorization();
  if (!authorization) co_return authorization.error();
  set_authorization(request.headers, *authorization);
  co_return co_await patient_.send(request, brake(traffic), manner);
}

asio::awaitable<void> Exchange::sign_in() { std::ignore = co_await tokens_.authorization(); }

asio::awaitable<void> Exchange::renew_token() {
  const auto authorization = co_await tokens_.authorization();
  if (authorization) tokens_.forget(*authorization);
}

std::string client_request_id(const http::Request& request) {
  const std::string* found = http::find(request.headers, "client-request-id");
  return found != nullptr ? *found : std::string();
}

Answer to_answer(const http::Request& request, const http::Response& response) {
  Answer answer;
  answer.status = response.status;
  auto body =
      response.body.empty() ? Result<json::value>(json::value()) : parse_json(response.body);
  if (body) answer.body = std::move(*body);
  const std::string* id = http::find(response.headers, "request-id");
  if (id != nullptr) answer.request_id = *id;
  answer.client_request_id = client_request_id(request);
  answer.retry_after = http::retry_after(response.headers, system_now());
  return answer;
}

Error no_answer(const Call& call, const http::Request& request, Error error) {
  // Without a token nothing was sent: that is a matter of signing in, not of this operation.
  if (error.code == Errc::unauthenticated) return error;
  error.details.emplace_back("operation", call.operation);
  error.details.emplace_back("client-request-id", client_request_id(request));
  return within(call.operation, std::move(error));
}

}  // namespace clawback::graph
