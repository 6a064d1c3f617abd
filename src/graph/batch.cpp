#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "graph/batch.hpp"
#include "http/run.hpp"

namespace clawback::graph {
namespace {

constexpr std::size_t envelopes_at_once = 4;
constexpr std::string_view version = "/v1.0";

Error unusable(std::string what) {
  return Error{.code = Errc::protocol,
               .message = "batch_post: " + std::move(what),
               .hint = {},
               .position = std::nullopt,
               .details = {{"operation", "batch_post"}}};
}

http::Headers headers_of(const json::value& item) {
  http::Headers headers;
  const json::object* object = object_at(item, "headers");
  if (object == nullptr) return headers;
  for (const auto& header : *object) {
    if (!header.value().is_string()) continue;
    headers.push_back(
        {.name = std::string(header.key()), .value = std::string(header.value().get_string())});
  }
  return headers;
}

}  // namespace

json::value batch_body(const std::vector<BatchItem>& items) {
  json::array requests;
  for (const BatchItem& item : items) {
    // Relative to the version, as Graph wants it.
    const std::string_view path = std::string_view(item.call.path).substr(version.size());
    json::object request{{"id", item.id}, {"method", item.call.method}, {"url", path}};
    json::object headers;
    if (!item.client_request_id.empty()) headers["client-request-id"] = item.client_request_id;
    const Operation& of = operation(item.call.operation);
    for (const http::Header& header : of.headers) headers[header.name] = header.value;
    if (of.writes) headers[urgent.name] = urgent.value;
    if (!item.call.body.is_null()) {
      headers["Content-Type"] = "application/json";
      request["body"] = item.call.body;
    }
    if (!headers.empty()) request["headers"] = std::move(headers);
    requests.push_back(std::move(request));
  }
  return json::object{{"requests", std::move(requests)}};
}

Result<std::vector<std::optional<BatchReply>>> read_replies(const std::vector<BatchItem>& items,
                                                            const json::value& body) {
  const json::array* responses = array_at(body, "responses");
  if (responses == nullptr) return unusable("the answer has no array \"responses\"");
  std::map<std::string, std::size_t> places;  // ids are compared without case
  for (std::size_t i = 0; i < items.size(); ++i) places.emplace(to_lower(items[i].id), i);
  std::vector<std::optional<BatchReply>> replies(items.size());
  std::vector<bool> answered(items.size());
  for (const json::value& response : *responses) {
    const auto id = string_at(response, "id");
    const auto status = int_at(response, "status");
    if (!id || !status || *status < 100 || *status > 599) {
      return unusable("a reply has no id or no status");
    }
    const auto place = places.find(to_lower(*id));
    if (place == places.end()) {
      return unusable("a reply to nothing that was asked: " + printable(*id));
    }
    std::optional<BatchReply>& reply = replies[place->second];
    if (answered[place->second]) {
      reply.reset();
      continue;
    }
    answered[place->second] = true;
    reply.emplace();
    reply->status = static_cast<int>(*status);
    reply->headers = headers_of(response);
    const json::value* inner = member(response, "body");
    if (inner != nullptr) reply->body = *inner;
  }
  return replies;
}

Result<std::vector<BatchReply>> read_batch(const std::vector<BatchItem>& items,
                                           const json::value& body) {
  auto replies = read_replies(items, body);
  if (!replies) return replies.error();
  std::vector<BatchReply> out;
  out.reserve(replies->size());
  for (std::optional<BatchReply>& reply : *replies) {
    if (!reply) return unusable("replies are missing, or there are two to one request");
    out.push_back(std::move(*reply));
  }
  return out;
}

Batch::Batch(Exchange& exchange, std::vector<Call> calls) : exchange_(exchange) {
  answers_.resize(calls.size());
  for (std::size_t start = 0; start < calls.size(); start += batch_size) {
    std::vector<BatchItem>& envelope = envelopes_.emplace_back();
    const std::size_t end = std::min(start + batch_size, calls.size());
    for (std::size_t i = start; i < end; ++i) {
      envelope.push_back(
          {.id = std::to_string(i - start + 1), .place = i, .call = std::move(calls[i])});
    }
  }
}

asio::awaitable<Result<std::vector<Answer>>> Batch::run() {
  std::vector<std::function<asio::awaitable<void>()>> tasks;
  tasks.reserve(envelopes_.size());
  for (const std::vector<BatchItem>& envelope : envelopes_) {
    tasks.emplace_back([this, &envelope]() { return run_envelope(envelope); });
  }
  co_await http::run_all(std::move(tasks), envelopes_at_once);
  if (failure_) co_return *failure_;
  co_return std::move(answers_);
}

asio::awaitable<void> Batch::run_envelope(std::vector<BatchItem> items) {
  const Time start = exchange_.hooks().now();
  for (int attempt = 1; !items.empty() && !failure_; ++attempt) {
    Round round = co_await ask(items);
    const auto waited =
        std::chrono::duration_cast<std::chrono::milliseconds>(exchange_.hooks().now() - start);
    const auto delay = settle(items, round, attempt, waited);
    if (round.unauthorized) co_await exchange_.renew_token();
    if (!delay) co_return;
    // What was throttled waits at the brake, and so does everybody else.
    if (delay->count() > 0) co_await exchange_.hooks().sleep(*delay);
  }
}

asio::awaitable<Batch::Round> Batch::ask(std::vector<BatchItem> items) {
  const Call call{.operation = "batch_post",
                  .method = "POST",
                  .path = "/v1.0/$batch",
                  .body = batch_body(items)};
  const http::Request request = exchange_.request(call, random_guid());
  const auto response =
      co_await exchange_.send(request, Traffic::reads, {.load = static_cast<double>(items.size())});
  Round round;
  round.client_request_id = client_request_id(request);
  if (!response) {
    round.outcome = no_answer(call, request, response.error());
    co_return round;
  }
  const Answer answer = to_answer(request, *response);
  if (answer.status != 200) {
    round.outcome = to_error(call, answer);
  } else {
    round.outcome = read_batch(items, answer.body);
  }
  co_return round;
}

// Keeps in `items` what has to be asked again, after the longest delay that any of them needs.
std::optional<std::chrono::milliseconds> Batch::settle(std::vector<BatchItem>& items, Round& round,
                                                       int attempt,
                                                       std::chrono::milliseconds waited) {
  const http::RetryHooks& hooks = exchange_.hooks();
  http::Request read;  // what each item is, although the envelope is a POST
  read.origin = exchange_.graph();
  const auto delay_for = [&](const Result<http::Response>& outcome) {
    return http::next_delay(exchange_.policy(), attempt, hooks.jitter(), waited, hooks.now(), read,
                            outcome);
  };
  if (!round.outcome) {
    // The envelope holds reads only, so that a lost answer may be asked for again.
    std::optional<std::chrono::milliseconds> delay;
    if (round.outcome.error().code == Errc::outcome_unknown)
      delay = delay_for(round.outcome.error());
    if (!delay) failure_ = round.outcome.error();
    return delay;
  }
  std::optional<std::chrono::milliseconds> longest;
  std::vector<BatchItem> again;
  for (std::size_t i = 0; i < items.size(); ++i) {
    BatchReply& reply = (*round.outcome)[i];
    auto delay =
        delay_for(http::Response{.status = reply.status, .headers = reply.headers, .body = {}});
    if (reply.status == 401 && attempt == 1) delay.emplace(0);  // the token ended on the way
    if (delay) {
      if (http::is_throttled(reply.status, reply.headers)) {
        hold_others(reply, *delay);
        delay.emplace(0);
      }
      longest = std::max(longest.value_or(*delay), *delay);
      again.push_back(items[i]);
      round.unauthorized = round.unauthorized || reply.status == 401;
      continue;
    }
    Answer& answer = answers_[items[i].place];
    answer.status = reply.status;
    answer.body = std::move(reply.body);
    answer.request_id = request_id_of(reply.headers, answer.body);
    answer.client_request_id = round.client_request_id;
  }
  items = std::move(again);
  return longest;
}

void Batch::hold_others(const BatchReply& reply, std::chrono::milliseconds delay) {
  exchange_.brake(Traffic::reads)
      .hold(exchange_.hooks().now(), delay, http::says_quota(reply.headers));
}

}  // namespace clawback::graph
