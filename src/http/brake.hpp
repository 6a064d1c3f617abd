#pragma once

#include <chrono>

#include "base/time.hpp"
#include "http/retry.hpp"

namespace clawback::http {

// Shared by all requests that one quota of a service counts together: when one of them is told to
// wait, all of them wait. Usage goes on counting while a client is throttled, so that whoever
// hammers waits longer.
class Brake {
 public:
  struct Pace {
    // Requests a second, kept from the start or from when the quota is known to be used up; 0: no
    // pace but what the service asks for.
    double rate = 0;
    bool always = false;
    double burst = 0;  // what may leave at once after a wait; the quota refills for it first
  };
  Brake() = default;
  explicit Brake(Pace pace) : pace_(pace), rate_(pace.always ? pace.rate : 0) {}

  // Waits until `load` requests may leave. 0: paid for before, or not counted; waits only where the
  // service said so.
  asio::awaitable<void> pass(const RetryHooks& hooks, double load);
  // The service refused a request with 429 or 503. `quota`: it said that the quota is used up.
  void hold(Time now, std::chrono::milliseconds delay, bool quota);
  void good() { strikes_ = 0; }

  [[nodiscard]] bool held(Time now) const { return held_ > now; }
  [[nodiscard]] int strikes() const { return strikes_; }  // refusals in a row

 private:
  Pace pace_;
  double rate_ = 0;
  int strikes_ = 0;
  Time held_{};        // nobody before
  Time next_{};        // nobody who counts before
  Time refused_at_{};  // last
};

}  // namespace clawback::http
