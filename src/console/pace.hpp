#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "console/settings.hpp"

namespace clawback::console {

// How fast each address, or each person, may ask for one kind of thing: a bucket that refills.
class PaceKeeper {
 public:
  PaceKeeper(Pace pace, std::size_t addresses_max) : pace_(pace), addresses_max_(addresses_max) {}
  // nullopt: go on. Otherwise how long to wait.
  std::optional<Duration> take(const std::string& who, Time now);

 private:
  struct Bucket {
    double left = 0;
    Time filled;
  };
  void make_room(Time now);
  [[nodiscard]] double level(const Bucket& bucket, Time now) const;
  Pace pace_;
  std::size_t addresses_max_;
  std::map<std::string, Bucket> buckets_;
};

// Pure. Whom an address is counted with: IPv6 hands out whole networks of 64 bits.
std::string neighbourhood(const std::string& address);

}  // namespace clawback::console
