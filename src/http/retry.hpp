#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "base/time.hpp"
#include "http/transport.hpp"

namespace clawback::http {

struct RetryPolicy {
  int attempts_max = 6;
  std::chrono::milliseconds delay_first{500};
  std::chrono::milliseconds delay_max{30'000};
  std::chrono::milliseconds total_max{300'000};  // from the first attempt, waits included
};

// Retry-After as seconds (also decimal, "2.128") or as an HTTP date relative to `now`.
std::optional<std::chrono::milliseconds> retry_after(const Headers& headers, Time now);

// Pure. nullopt: give up and hand `outcome` to the caller. `jitter` is in [0, 1). `waited` is what
// has gone by since the first attempt. GET is repeated after 429, 500, 502, 503, 504 and after a
// missing answer. Any other method is repeated only after 429 and 503 with Retry-After (refused, so
// not acted on) and after Errc::unavailable (never sent).
std::optional<std::chrono::milliseconds> next_delay(const RetryPolicy& policy, int attempt,
                                                    double jitter, std::chrono::milliseconds waited,
                                                    Time now, const Request& request,
                                                    const Result<Response>& outcome);

struct RetryHooks {
  std::function<Time()> now;
  std::function<double()> jitter;  // [0, 1)
  std::function<asio::awaitable<void>(std::chrono::milliseconds)> sleep;
};
// The system clock, a random generator and an asio timer.
RetryHooks system_hooks();

class Brake;

// Doubles with every attempt up to delay_max; the upper half is random, so that clients that failed
// together part.
std::chrono::milliseconds back_off(const RetryPolicy& policy, int attempt, double jitter);

// 429, or 503 with Retry-After: refused, so not acted on.
bool is_throttled(int status, const Headers& headers);
// The reason is a used-up quota. Source: x-ms-throttle-information of Microsoft Graph's identity
// and access service.
bool says_quota(const Headers& headers);

class RetryingTransport final : public Transport {
 public:
  RetryingTransport(Transport& inner, RetryPolicy policy, RetryHooks hooks);
  asio::awaitable<Result<Response>> send(const Request& request) override;

  struct Manner {
    double load = 1;  // how much it counts for the brake
    // Nothing waits at the brake: a request that would have to is held back (transport.hpp), and
    // one that was throttled is answered so, after it made everybody wait. The caller looks before
    // he repeats it. It was counted before.
    bool hand_over = false;
  };
  // Likewise, past a brake that others share.
  asio::awaitable<Result<Response>> send(const Request& request, Brake& brake, Manner manner);

 private:
  asio::awaitable<Result<Response>> repeat(const Request& request, Brake* brake, Manner manner);
  [[nodiscard]] std::chrono::milliseconds throttled_for(const Response& response,
                                                        const Brake& brake) const;

  Transport& inner_;
  RetryPolicy policy_;
  RetryHooks hooks_;
};

}  // namespace clawback::http
