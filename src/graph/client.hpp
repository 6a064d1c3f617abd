#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/token.hpp"
#include "graph/operations.hpp"
#include "http/retry.hpp"

namespace clawback::graph {

namespace asio = boost::asio;

// An answer of Graph that has a status. `body` is null for 204 and for a body that is not JSON.
struct Answer {
  int status = 0;
  json::value body;
  std::string request_id;
  std::string client_request_id;
  std::optional<std::chrono::milliseconds> retry_after;  // what the service asked for, if it did
  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
};

// What Graph's error body says, as an Error whose details carry operation, status, code, request-id
// and client-request-id. 401 -> unauthenticated, 403 -> denied (not_licensed when the code says
// so), 404 -> not_found, 409 -> conflict, 429 -> throttled, 5xx -> unavailable, else protocol.
Error to_error(const Call& call, const Answer& answer);

// Reads. Given to whatever must not change a tenant.
class Reader {
 public:
  Reader(http::Transport& transport, auth::TokenSource& tokens, http::Origin graph,
         http::RetryHooks hooks, http::RetryPolicy policy = {});
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // One object or a plain answer; an Error only when there is no complete answer or sign-in failed.
  // A 401 on a token that was good until then is answered by one new token and one more try.
  asio::awaitable<Result<Answer>> get(Call call);

  struct PageLimits {
    std::size_t pages_max = 100'000;
    std::size_t records_max = 20'000'000;
  };
  // All pages of a collection. `on_page` is called once per page, in order, with that page's
  // "value". The next page is asked for as soon as its link has arrived. A nextLink to another
  // origin, a repeated link, a cut or unparsable page, or an error status on any page is an Error,
  // and what was handed over until then must not be taken for the whole.
  asio::awaitable<Result<void>> pages(Call call,
                                      std::function<Result<void>(const json::array&)> on_page,
                                      PageLimits limits);
  asio::awaitable<Result<void>> pages(Call call,
                                      std::function<Result<void>(const json::array&)> on_page);

  // Reads by id through $batch, 20 an envelope; throttled items are repeated alone. Answers come in
  // the order of `calls`, each with its own status.
  asio::awaitable<Result<std::vector<Answer>>> batch(std::vector<Call> calls);

 private:
  friend class Writer;
  struct State;
  std::unique_ptr<State> state_;
};

// Sends a stored request exactly as it is. Only calls that match a writing operation are accepted
// (Errc::guard otherwise). Retried only where Graph says that it did not act (429, 503 with
// Retry-After, no connection); Errc::outcome_unknown means: read back, do not repeat.
class Writer {
 public:
  Writer(http::Transport& transport, auth::TokenSource& tokens, http::Origin graph,
         http::RetryHooks hooks, http::RetryPolicy policy = {});
  ~Writer();
  // `client_request_id` is chosen by the caller so that it can be journalled before the request
  // leaves.
  asio::awaitable<Result<Answer>> send(Call call, std::string client_request_id);
  // The same identity's reads, for preconditions and read-back.
  Reader& reader();

 private:
  Reader reader_;
};

}  // namespace clawback::graph
