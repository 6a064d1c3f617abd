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

class RetryingTransport final : public Transport {
 public:
  RetryingTransport(Transport& inner, RetryPolicy policy, RetryHooks hooks);
  asio::awaitable<Result<Response>> send(const Request& request) override;

 private:
  Transport& inner_;
  RetryPolicy policy_;
  RetryHooks hooks_;
};

}  // namespace clawback::http
