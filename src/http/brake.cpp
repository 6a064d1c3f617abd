#include "http/brake.hpp"

#include <algorithm>
#include <cmath>

namespace clawback::http {
namespace {

using std::chrono::milliseconds;

// A service that asks for more is asked again after this.
constexpr milliseconds hold_max = std::chrono::minutes(5);
// Refusals that come together are one reason to go slower, not many.
constexpr milliseconds one_burst = std::chrono::seconds(5);
constexpr double slower = 0.8;
// In a row and without a word of a quota: it is empty.
constexpr int strikes_max = 3;

}  // namespace

void Brake::refill(Time now) {
  if (filled_ && now > *filled_) {
    const std::chrono::duration<double> elapsed = now - *filled_;
    left_ = std::min(quota_.burst, left_ + elapsed.count() * rate_);
  }
  if (!filled_ || now > *filled_) filled_ = now;
}

asio::awaitable<void> Brake::pass(const RetryHooks& hooks, double load) {
  Time at = hooks.now();
  if (load > 0 && rate_ > 0) {
    refill(at);
    left_ -= load;
    if (left_ < 0)
      at = std::max(at, *filled_) + milliseconds(std::llround(std::ceil(-left_ / rate_ * 1000)));
  }
  while (true) {
    const Time until = std::max(at, held_);
    const Time now = hooks.now();
    if (until <= now) co_return;
    co_await hooks.sleep(std::min(until - now, hold_max));
    // Slept through, even by a clock that stands still.
    at = {};
    if (held_ <= until) held_ = {};
  }
}

void Brake::refund(double load) { left_ = std::min(quota_.burst, left_ + load); }

void Brake::hold(Time now, milliseconds delay, bool empty) {
  held_ = std::max(held_, now + std::min(delay, hold_max));
  ++strikes_;
  const bool again = now - refused_at_ <= std::chrono::minutes(5) && now - refused_at_ > one_burst;
  refused_at_ = now;
  if (quota_.rate <= 0 || (!empty && strikes_ < strikes_max)) return;
  // What is there when the wait is over is what the service needs to take one request again.
  refill(now);
  left_ = std::min(left_, 0.0);
  filled_ = std::max(*filled_, held_);
  if (again) rate_ = std::max(rate_ * slower, quota_.rate * quota_.slowest);
}

}  // namespace clawback::http
