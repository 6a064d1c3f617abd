#include "console/pace.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <span>

#include "base/digest.hpp"

namespace clawback::console {
namespace {

constexpr std::size_t network_bytes = 8;

}  // namespace

double PaceKeeper::level(const Bucket& bucket, Time now) const {
  const std::chrono::duration<double> passed = now - bucket.filled;
  return std::min(pace_.burst, bucket.left + std::max(0.0, passed.count()) * pace_.per_second);
}

std::optional<Duration> PaceKeeper::take(const std::string& who, Time now) {
  const std::string key = neighbourhood(who);
  if (!buckets_.contains(key)) {
    if (buckets_.size() >= addresses_max_) make_room(now);
    buckets_[key] = {.left = pace_.burst, .filled = now};
  }
  Bucket& bucket = buckets_[key];
  bucket = {.left = level(bucket, now), .filled = std::max(bucket.filled, now)};
  if (bucket.left >= 1) {
    bucket.left -= 1;
    return std::nullopt;
  }
  const double seconds = (1 - bucket.left) / pace_.per_second;
  return std::chrono::milliseconds(1 + static_cast<std::int64_t>(seconds * 1000));
}

// Who has a full bucket again loses nothing by being forgotten. If nobody has, the fullest goes.
void PaceKeeper::make_room(Time now) {
  std::erase_if(buckets_, [&](const auto& one) { return level(one.second, now) >= pace_.burst; });
  if (buckets_.size() < addresses_max_) return;
  buckets_.erase(std::ranges::max_element(buckets_, [&](const auto& a, const auto& b) {
    return level(a.second, now) < level(b.second, now);
  }));
}

std::string neighbourhood(const std::string& address) {
  boost::system::error_code failed;
  const auto parsed = boost::asio::ip::make_address(address, failed);
  if (failed || !parsed.is_v6()) return address;
  const auto six = parsed.to_v6();
  if (six.is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, six).to_string();
  }
  const auto bytes = six.to_bytes();
  return hex(std::span(bytes).first(network_bytes)) + "/64";
}

}  // namespace clawback::console
