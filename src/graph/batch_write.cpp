#include <fmt/format.h>

#include <algorithm>

#include "base/digest.hpp"
#include "graph/batch.hpp"

namespace clawback::graph {
namespace {

Error unknown(const Call& call, const http::Request& envelope, std::string why) {
  return no_answer(call, envelope, Error{.code = Errc::outcome_unknown, .message = std::move(why)});
}

std::vector<BatchItem> items_of(std::vector<Write> writes) {
  std::vector<BatchItem> items;
  for (Write& write : writes) {
    items.push_back({.id = std::to_string(items.size() + 1),
                     .place = items.size(),
                     .call = std::move(write.call),
                     .client_request_id = std::move(write.client_request_id)});
  }
  return items;
}

Answer answer_of(BatchReply reply, const BatchItem& item, Time now) {
  Answer answer{.status = reply.status, .body = std::move(reply.body)};
  answer.request_id = request_id_of(reply.headers, answer.body);
  answer.client_request_id = item.client_request_id;
  answer.retry_after = http::retry_after(reply.headers, now);
  return answer;
}

// One item that is throttled makes all later writes wait.
void hold_others(Exchange& exchange, const std::vector<std::optional<BatchReply>>& replies) {
  const http::RetryHooks& hooks = exchange.hooks();
  http::Brake& brake = exchange.brake(Traffic::writes);
  std::optional<std::chrono::milliseconds> longest;
  bool quota = false;
  bool good = false;
  for (const std::optional<BatchReply>& reply : replies) {
    if (!reply) continue;
    good = good || reply->status < 400;
    if (!http::is_throttled(reply->status, reply->headers)) continue;
    const auto told = http::retry_after(reply->headers, hooks.now());
    const auto wait =
        told.value_or(http::back_off(exchange.policy(), brake.strikes() + 1, hooks.jitter()));
    longest = std::max(longest.value_or(wait), wait);
    quota = quota || http::says_quota(reply->headers);
  }
  if (good) brake.good();
  if (longest) brake.hold(hooks.now(), *longest, quota);
}

// Refused before anything of it was looked at.
bool refused_whole(const http::Response& response) {
  const bool client = response.status >= 400 && response.status < 500 && response.status != 408;
  return client || http::is_throttled(response.status, response.headers);
}

// The outcome of each item when the envelope has none for it: what is certain of one is certain of
// all.
std::vector<Result<Answer>> for_all(const std::vector<BatchItem>& items,
                                    const http::Request& request,
                                    const Result<http::Response>& response) {
  std::vector<Result<Answer>> out;
  for (const BatchItem& item : items) {
    if (!response) {
      out.emplace_back(no_answer(item.call, request, response.error()));
      continue;
    }
    Answer answer = to_answer(request, *response);
    answer.client_request_id = item.client_request_id;
    const int status = answer.status;
    if (refused_whole(*response)) {
      out.emplace_back(std::move(answer));
    } else {
      out.emplace_back(
          unknown(item.call, request, fmt::format("the envelope was answered {}", status)));
    }
  }
  return out;
}

}  // namespace

asio::awaitable<std::vector<Result<Answer>>> send_writes(Exchange& exchange,
                                                         std::vector<Write> writes) {
  const std::vector<BatchItem> items = items_of(std::move(writes));
  const Call call{.operation = "batch_post",
                  .method = "POST",
                  .path = "/v1.0/$batch",
                  .body = batch_body(items)};
  http::Request request = exchange.request(call, random_guid());
  request.headers.push_back(urgent);
  request.patience = patience;
  // They were counted by `ready`.
  const auto response =
      co_await exchange.send(request, Traffic::writes, {.load = 0, .hand_over = true});
  if (!response || response->status != 200) co_return for_all(items, request, response);
  auto replies = read_replies(items, to_answer(request, *response).body);
  std::vector<Result<Answer>> out;
  if (!replies) {
    for (const BatchItem& item : items)
      out.emplace_back(unknown(item.call, request, replies.error().message));
    co_return out;
  }
  hold_others(exchange, *replies);
  bool unauthorized = false;
  for (std::size_t i = 0; i < items.size(); ++i) {
    std::optional<BatchReply>& reply = (*replies)[i];
    if (!reply) {
      out.emplace_back(unknown(items[i].call, request, "the envelope's answer leaves it out"));
      continue;
    }
    unauthorized = unauthorized || reply->status == 401;
    out.emplace_back(answer_of(std::move(*reply), items[i], exchange.hooks().now()));
  }
  if (unauthorized) co_await exchange.renew_token();
  co_return out;
}

}  // namespace clawback::graph
