#include <doctest/doctest.h>

#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/brake.hpp"
#include "http/retry.hpp"
#include "http/run.hpp"

using namespace clawback;
using namespace clawback::http;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

const Time noon = *parse_time("1994-11-06T08:49:37Z");

Response status(int code, Headers headers = {}) {
  return Response{.status = code, .headers = std::move(headers), .body = {}};
}

Error error(Errc code) { return Error{.code = code, .message = "x", .hint = {}}; }

Error refused_by_tls() {
  Error refused = error(Errc::unavailable);
  refused.details.emplace_back("permanent", "tls");
  return refused;
}

}  // namespace

TEST_CASE("retry_after: seconds, decimals and HTTP dates") {
  struct Case {
    std::string_view value;
    std::optional<milliseconds> delay;
  };
  const Case cases[] = {
      {"0", 0ms},
      {"7", 7s},
      {" 7\t", 7s},
      {"2.128", 2128ms},
      {"2.5", 2500ms},
      {"0.0001", 1ms},
      {"1.9999", 2000ms},
      {"1.000", 1000ms},
      {"86400", 24h},
      {"Sun, 06 Nov 1994 08:49:37 GMT", 0ms},
      {"Sun, 06 Nov 1994 08:50:07 GMT", 30s},
      {"Sun, 06 Nov 1994 08:49:36 GMT", 0ms},
      {"Mon, 07 Nov 1994 08:49:37 GMT", 24h},
      {"", std::nullopt},
      {".5", std::nullopt},
      {"5.", std::nullopt},
      {"-1", std::nullopt},
      {"+1", std::nullopt},
      {"1e9", std::nullopt},
      {"1 2", std::nullopt},
      {"12345678901234567890", std::nullopt},
      {"inf", std::nullopt},
      {"Sunday, 06-Nov-94 08:49:37 GMT", std::nullopt},
      {"Sun Nov  6 08:49:37 1994", std::nullopt},
      {"Sun, 31 Feb 1994 08:49:37 GMT", std::nullopt},
      {"Sun, 06 Nov 1994 24:49:37 GMT", std::nullopt},
      {"Sun, 06 Nov 1994 08:49:37 CET", std::nullopt},
      {"Xxx, 06 Nov 1994 08:49:37 GMT", std::nullopt},
      {"Sun, 06 Xxx 1994 08:49:37 GMT", std::nullopt},
      {"Sun, +6 Nov 1994 08:49:37 GMT", std::nullopt},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value);
    CHECK(retry_after({{"retry-after", std::string(c.value)}}, noon) == c.delay);
  }
  CHECK(retry_after({}, noon) == std::nullopt);
}

TEST_CASE("next_delay: what is repeated, and after how long") {
  struct Case {
    std::string_view name;
    std::string method;
    int attempt;
    milliseconds waited;
    Result<Response> outcome;
    std::optional<milliseconds> delay;
  };
  const Headers after_7 = {{"Retry-After", "7"}};
  const Case cases[] = {
      {"success", "GET", 1, 0ms, status(200), std::nullopt},
      {"client error", "GET", 1, 0ms, status(404), std::nullopt},
      {"no sign-in", "GET", 1, 0ms, status(401), std::nullopt},
      {"read: server error", "GET", 1, 0ms, status(500), 250ms},
      {"read: bad gateway", "GET", 1, 0ms, status(502), 250ms},
      {"read: busy", "GET", 1, 0ms, status(503), 250ms},
      {"read: gateway time-out", "GET", 1, 0ms, status(504), 250ms},
      {"read: unknown operation", "GET", 1, 0ms, status(501), std::nullopt},
      {"read: server says when", "GET", 1, 0ms, status(503, after_7), 7s},
      {"read: server says when, beyond our own longest wait", "GET", 1, 0ms,
       status(429, {{"Retry-After", "120"}}), 120s},
      {"read: unreadable Retry-After", "GET", 2, 0ms, status(429, {{"Retry-After", "soon"}}),
       500ms},
      {"read: never sent", "GET", 1, 0ms, error(Errc::unavailable), 250ms},
      {"read: cut", "GET", 1, 0ms, error(Errc::outcome_unknown), 250ms},
      {"read: unusable answer", "GET", 1, 0ms, error(Errc::protocol), std::nullopt},
      {"read: refused by TLS", "GET", 1, 0ms, refused_by_tls(), std::nullopt},
      {"write: throttled", "POST", 1, 0ms, status(429, after_7), 7s},
      {"write: throttled without a word when", "POST", 1, 0ms, status(429), 250ms},
      {"write: refused", "PATCH", 1, 0ms, status(503, after_7), 7s},
      {"write: busy, perhaps after acting", "PATCH", 1, 0ms, status(503), std::nullopt},
      {"write: server error", "DELETE", 1, 0ms, status(500), std::nullopt},
      {"write: gateway time-out", "POST", 1, 0ms, status(504, after_7), std::nullopt},
      {"write: never sent", "DELETE", 1, 0ms, error(Errc::unavailable), 250ms},
      {"write: cut, may have happened", "DELETE", 1, 0ms, error(Errc::outcome_unknown),
       std::nullopt},
      {"doubles", "GET", 3, 0ms, status(500), 1000ms},
      {"last attempt", "GET", 6, 0ms, status(500), std::nullopt},
      {"past the total", "GET", 2, 300s, status(500), std::nullopt},
      {"would pass the total", "GET", 1, 294s, status(429, after_7), std::nullopt},
      {"just fits the total", "GET", 1, 293s, status(429, after_7), 7s},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Request request;
    request.method = c.method;
    CHECK(next_delay({}, c.attempt, 0.0, c.waited, noon, request, c.outcome) == c.delay);
  }
}

TEST_CASE("next_delay: jitter spreads, within bounds") {
  const RetryPolicy policy{.attempts_max = 100, .delay_max = 4s};
  CHECK(next_delay(policy, 1, 0.5, 0ms, noon, {}, status(500)) == 375ms);
  CHECK(next_delay(policy, 50, 0.999, 0ms, noon, {}, status(500)) < 4s);
  CHECK(next_delay(policy, 50, 0.0, 0ms, noon, {}, status(500)) == 2s);
  const Headers after_7 = {{"Retry-After", "7"}};
  CHECK(next_delay(policy, 1, 0.5, 0ms, noon, {}, status(429, after_7)) == 7250ms);
}

namespace {

class Scripted final : public Transport {
 public:
  explicit Scripted(std::deque<Result<Response>> outcomes) : outcomes_(std::move(outcomes)) {}
  asio::awaitable<Result<Response>> send(const Request& request) override {
    ++sent;
    if (request.early) request.early("body");
    auto outcome = std::move(outcomes_.front());
    outcomes_.pop_front();
    co_return outcome;
  }
  int sent = 0;

 private:
  std::deque<Result<Response>> outcomes_;
};

struct Slept {
  std::vector<milliseconds> delays;
  RetryHooks hooks() {
    return {.now = [] { return noon; },
            .jitter = [] { return 0.0; },
            .sleep = [this](milliseconds delay) -> asio::awaitable<void> {
              delays.push_back(delay);
              co_return;
            }};
  }
};

}  // namespace

TEST_CASE("RetryingTransport: repeats until it succeeds") {
  Scripted inner({status(503), error(Errc::outcome_unknown), status(200)});
  Slept slept;
  RetryingTransport transport(inner, {}, slept.hooks());
  const Request request;
  const auto outcome = await<Result<Response>>([&] { return transport.send(request); });
  CHECK(outcome == Result<Response>(status(200)));
  CHECK(slept.delays == std::vector<milliseconds>{250ms, 500ms});
}

TEST_CASE("RetryingTransport: hands over the last outcome") {
  Scripted inner({status(503), status(504)});
  Slept slept;
  RetryingTransport transport(inner, {.attempts_max = 2}, slept.hooks());
  const Request request;
  const auto outcome = await<Result<Response>>([&] { return transport.send(request); });
  CHECK(outcome == Result<Response>(status(504)));
}

TEST_CASE("RetryingTransport: what it slept counts although the clock stands still") {
  const Headers minute = {{"Retry-After", "60"}};
  Scripted inner({status(429, minute), status(429, minute), status(429, minute)});
  Slept slept;
  RetryingTransport transport(inner, {.total_max = 120s}, slept.hooks());
  const Request request;
  const auto outcome = await<Result<Response>>([&] { return transport.send(request); });
  CHECK(outcome->status == 429);
  CHECK(slept.delays == std::vector<milliseconds>{60s, 60s});
}

TEST_CASE("RetryingTransport: what is handed over does not wait for others, but is held back") {
  Scripted inner({error(Errc::unavailable), status(204)});
  Brake brake;
  std::vector<milliseconds> delays;
  RetryHooks hooks{.now = [] { return noon; },
                   .jitter = [] { return 0.0; },
                   .sleep = [&](milliseconds delay) -> asio::awaitable<void> {
                     delays.push_back(delay);
                     brake.hold(noon, 240s, false);  // another request was told so meanwhile
                     co_return;
                   }};
  RetryingTransport transport(inner, {}, hooks);
  Request request;
  request.method = "DELETE";
  const auto send = [&] { return transport.send(request, brake, {.load = 0, .hand_over = true}); };
  const auto outcome = await<Result<Response>>(send);
  REQUIRE(!outcome);
  CHECK(was_held_back(outcome.error()));
  CHECK(outcome.error().code == Errc::unavailable);
  CHECK(inner.sent == 1);
  CHECK(delays == std::vector<milliseconds>{250ms});
  CHECK(was_held_back(await<Result<Response>>(send).error()));
  CHECK(inner.sent == 1);
  // A read waits, and goes.
  request.method = "GET";
  const auto read =
      await<Result<Response>>([&] { return transport.send(request, brake, {.load = 1}); });
  CHECK(read->status == 204);
  CHECK(delays.back() == 240s);
}

TEST_CASE("RetryingTransport: early is asked until it is satisfied, over all attempts") {
  Scripted inner({status(500), status(500), status(200)});
  Slept slept;
  RetryingTransport transport(inner, {}, slept.hooks());
  int asked = 0;
  Request request;
  request.early = [&](std::string_view) { return ++asked == 2; };
  const auto outcome = await<Result<Response>>([&] { return transport.send(request); });
  CHECK(outcome->status == 200);
  CHECK(asked == 2);
}
