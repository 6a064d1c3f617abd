#pragma once

#include <chrono>
#include <optional>

#include "base/time.hpp"
#include "http/retry.hpp"

namespace clawback::http {

// Shared by all requests that one quota of a service counts together: when one of them is told to
// wait, all of them wait. Usage goes on counting while a client is throttled, so that whoever
// hammers waits longer.
class Brake {
 public:
  // A published quota: `burst` at once, refilled at `rate` a second. Kept from the start, so that
  // the service has no reason to refuse; when it does, others use the same quota, and it is empty.
  struct Quota {
    double rate = 0;  // 0: none that is known
    double burst = 0;
    double slowest = 0.1;  // of the rate, when others use the quota too
  };
  Brake() = default;
  explicit Brake(Quota quota) : quota_(quota), rate_(quota.rate), left_(quota.burst) {}

  // Waits until `load` requests may leave, and counts them. 0: counted before, or not at all; waits
  // only where the service said so.
  asio::awaitable<void> pass(const RetryHooks& hooks, double load);
  // Counted, and not sent.
  void refund(double load);
  // The service refused a request with 429 or 503. `empty`: it said that the quota is used up.
  void hold(Time now, std::chrono::milliseconds delay, bool empty);
  void good() { strikes_ = 0; }

  [[nodiscard]] bool held(Time now) const { return held_ > now; }
  [[nodiscard]] int strikes() const { return strikes_; }  // refusals in a row

 private:
  void refill(Time now);

  Quota quota_;
  double rate_ = 0;
  double left_ = 0;             // below 0: promised to those that wait
  std::optional<Time> filled_;  // until then; it may lie ahead
  int strikes_ = 0;
  Time held_{};        // nobody before
  Time refused_at_{};  // last
};

}  // namespace clawback::http
