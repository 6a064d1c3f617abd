#include "http/brake.hpp"

#include <algorithm>

namespace clawback::http {
namespace {

using std::chrono::milliseconds;

// A service that asks for more is asked again after this.
constexpr milliseconds hold_max = std::chrono::minutes(5);
// Refusals that come together are one reason to go slower, not many.
constexpr milliseconds one_burst = std::chrono::seconds(5);
constexpr double slower = 0.8;
constexpr double slowest = 0.1;
// In a row and without a word of a quota: there is one.
constexpr int strikes_max = 3;

milliseconds seconds(double count) { return milliseconds(static_cast<std::int64_t>(count * 1000)); }

}  // namespace

asio::awaitable<void> Brake::pass(const RetryHooks& hooks, double load) {
  while (true) {
    const Time now = hooks.now();
    const Time at = load > 0 ? std::max(held_, next_) : held_;
    if (at <= now) break;
    co_await hooks.sleep(std::min(at - now, hold_max));
    // Slept through, even by a clock that stands still.
    if (held_ <= at) held_ = {};
    if (load <= 0 && held_ == Time{}) break;
    if (load > 0 && held_ == Time{} && next_ <= at) break;
  }
  if (load > 0 && rate_ > 0) next_ = std::max(next_, hooks.now()) + seconds(load / rate_);
}

void Brake::hold(Time now, milliseconds delay, bool quota) {
  held_ = std::max(held_, now + std::min(delay, hold_max));
  ++strikes_;
  const bool again = now - refused_at_ > one_burst;
  refused_at_ = now;
  if (pace_.rate <= 0) return;
  if (rate_ <= 0 && (quota || strikes_ >= strikes_max)) {
    rate_ = pace_.rate;
  } else if (rate_ > 0 && again && !pace_.always) {
    rate_ = std::max(rate_ * slower, pace_.rate * slowest);
  }
  if (rate_ > 0) next_ = std::max(next_, held_ + seconds(pace_.burst / rate_));
}

}  // namespace clawback::http
