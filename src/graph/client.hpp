#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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

// 404 in Graph's own words: the object is not there. A 404 without its error object, e.g. a
// gateway's page, says nothing about the object. Of an Error: one that to_error made of such a 404.
bool says_not_there(const Answer& answer);
bool says_not_there(const Error& error);
// What Graph's error body says, as an Error whose details carry operation, status, code, request-id
// and client-request-id. 401 -> unauthenticated, 403 -> denied (not_licensed when the code says
// so), 404 -> not_found, 409 -> conflict, 429 -> throttled, 5xx -> unavailable,
// else protocol.
Error to_error(const Call& call, const Answer& answer);
// The service's id of an answer, for whoever asks its support: of the header, else of the error in
// the body, as items of a $batch have it. Empty: it says none.
std::string request_id_of(const http::Headers& headers, const json::value& body);

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

  // Pages that are asked for before the one before them was handed over: when page n is handed to
  // `on_page`, it was asked for after page n - 1 - pages_ahead had been.
  static constexpr std::size_t pages_ahead = 2;

  // Reads by id through $batch, 20 an envelope; throttled items are repeated alone. Answers come in
  // the order of `calls`, each with its own status.
  asio::awaitable<Result<std::vector<Answer>>> batch(std::vector<Call> calls);

 private:
  friend class Writer;
  struct State;
  std::unique_ptr<State> state_;
};

// A stored request and the id that was journalled for it.
struct Write {
  Call call;
  std::string client_request_id;
};

// Sends stored requests exactly as they are. Only calls that match a writing operation are accepted
// (Errc::guard otherwise). Sent again only when it never left (no connection), within seconds;
// Errc::outcome_unknown means: read back, do not repeat. A refusal with 429, or 503 with
// Retry-After, makes every later write wait. Nothing waits here for others that were throttled or
// for a token: such a write is held back (http::was_held_back). That, a 429 and a 401 are the
// caller's to repeat after he has looked again.
class Writer {
 public:
  Writer(http::Transport& transport, auth::TokenSource& tokens, http::Origin graph,
         http::RetryHooks hooks, http::RetryPolicy policy = {});
  ~Writer();
  // Until `count` writes to paths like this one may leave, and counts them. To be asked before
  // each is sent: many together before the look that precedes them; what goes alone after it, since
  // that look is of the same quota.
  asio::awaitable<void> ready(std::string_view path, std::size_t count);
  // Counted by `ready`, and not sent.
  void not_sent(std::string_view path, std::size_t count);
  // Somebody was throttled since, or the token ended: a write would be held back now.
  [[nodiscard]] bool held(std::string_view path) const;
  // `client_request_id` is chosen by the caller so that it can be journalled before the request
  // leaves.
  asio::awaitable<Result<Answer>> send(Call call, std::string client_request_id);
  // At most twenty in one $batch. The outcomes stand in the order of `writes`. No answer to the
  // envelope, or one that can't be read, is Errc::outcome_unknown for each; so is, for itself, a
  // request that the answer leaves out.
  asio::awaitable<std::vector<Result<Answer>>> send_batch(std::vector<Write> writes);
  // The same identity's reads, for preconditions and read-back.
  Reader& reader();

 private:
  Reader reader_;
};

// Whether Graph throttles it on its own, so that it is sent alone and one after the other:
// Conditional Access and mailboxes.
bool goes_alone(std::string_view path);

}  // namespace clawback::graph
