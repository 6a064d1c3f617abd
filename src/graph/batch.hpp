#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "graph/client.hpp"
#include "graph/exchange.hpp"

namespace clawback::graph {

inline constexpr std::size_t batch_size = 20;

struct BatchItem {
  std::string id;         // within its envelope
  std::size_t place = 0;  // among all calls
  Call call;
  std::string client_request_id = {};  // empty: the envelope's
};

struct BatchReply {
  int status = 0;
  http::Headers headers;
  json::value body;
};

json::value batch_body(const std::vector<BatchItem>& items);
// Replies in the order of `items`, whatever order they came in. A missing, second or unasked reply
// is Errc::protocol.
Result<std::vector<BatchReply>> read_batch(const std::vector<BatchItem>& items,
                                           const json::value& body);
// Likewise, but a missing reply, or two to one request, is nullopt: only that one is not known.
Result<std::vector<std::optional<BatchReply>>> read_replies(const std::vector<BatchItem>& items,
                                                            const json::value& body);

// Up to twenty writes in one envelope, sent once. Each has the outcome that Writer::send would
// give.
asio::awaitable<std::vector<Result<Answer>>> send_writes(Exchange& exchange,
                                                         std::vector<Write> writes);

// Reads in envelopes of twenty, a few at a time.
class Batch {
 public:
  Batch(Exchange& exchange, std::vector<Call> calls);
  asio::awaitable<Result<std::vector<Answer>>> run();

 private:
  struct Round {
    std::string client_request_id;
    Result<std::vector<BatchReply>> outcome = std::vector<BatchReply>();
    bool unauthorized = false;  // some of it
  };

  asio::awaitable<void> run_envelope(std::vector<BatchItem> items);
  asio::awaitable<Round> ask(std::vector<BatchItem> items);
  void hold_others(const BatchReply& reply, std::chrono::milliseconds delay);
  std::optional<std::chrono::milliseconds> settle(std::vector<BatchItem>& items, Round& round,
                                                  int attempt, std::chrono::milliseconds waited);

  Exchange& exchange_;
  std::vector<std::vector<BatchItem>> envelopes_;
  std::vector<Answer> answers_;
  std::optional<Error> failure_;
};

}  // namespace clawback::graph
