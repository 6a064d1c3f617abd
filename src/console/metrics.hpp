#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "console/house.hpp"
#include "console/route.hpp"
#include "http/tls_server.hpp"

namespace clawback::console {

// Why a request was turned down before its place saw it.
enum class Refused : std::uint8_t { host, origin, csrf, pace, session, role, unusable };
inline constexpr std::size_t refusals = 7;
std::string_view name_of(Refused why);

// What stands now, beside what was counted.
struct Gauges {
  std::size_t sessions = 0;
  std::size_t streams = 0;
  http::ServerCounts server;
  Health health;
};

// Counts for Prometheus. Every label is a word of ours: nothing of a request becomes one.
class Metrics {
 public:
  void answered(Place place, int status, std::chrono::steady_clock::duration took);
  void refused(Refused why) { ++refused_.at(static_cast<std::size_t>(why)); }
  // Text format 0.0.4.
  [[nodiscard]] std::string text(const Gauges& now) const;

  static constexpr std::array<double, 10> bounds = {0.001, 0.0025, 0.005, 0.01, 0.025,
                                                    0.05,  0.1,    0.25,  0.5,  1};

 private:
  struct Histogram {
    std::array<std::uint64_t, bounds.size() + 1> counts{};
    double sum = 0;
  };
  std::map<std::pair<Place, int>, std::uint64_t> answered_;
  std::array<Histogram, places> took_;
  std::array<std::uint64_t, refusals> refused_{};
};

}  // namespace clawback::console
