#include "lab/throttle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace clawback::lab {
namespace {

double units_for(std::size_t users) {
  if (users < 50) return 3500;
  return users <= 500 ? 5000 : 8000;
}

}  // namespace

Throttle::Throttle(std::size_t users) : units_{.size = units_for(users), .seconds = 10} {}

double Throttle::draw(const std::string& key, const Limit& limit, double amount, Time now) {
  const auto [entry, fresh] = pails_.try_emplace(key, Pail{.left = limit.size, .updated = now});
  Pail& pail = entry->second;
  const double rate = limit.size / limit.seconds;
  const std::chrono::duration<double> elapsed = now - pail.updated;
  pail.left = std::min(limit.size, pail.left + std::max(0.0, elapsed.count()) * rate);
  pail.updated = now;
  if (pail.left >= amount) {
    pail.left -= amount;
    return 0;
  }
  // Use accrues while throttled, within bounds.
  pail.left = std::max(pail.left - amount, -limit.size / 10);
  return (amount - pail.left) / rate;
}

std::optional<Throttle::Denied> Throttle::take(const std::string& app_id, const Cost& cost,
                                               Time now) {
  if (cost.bucket == Bucket::reports) {
    const double wait = draw("reports " + app_id, {.size = 5, .seconds = 10}, 1, now);
    if (wait <= 0) return std::nullopt;
    return Denied{fmt::format("{:.3f}", wait), "CPULimitExceeded"};
  }
  if (cost.bucket == Bucket::conditional_access) {
    // Of the tenant, whoever asks, and Graph does not say how long to wait.
    const double wait = draw("conditional access", {.size = 1, .seconds = 1}, 1, now);
    if (wait <= 0) return std::nullopt;
    return Denied{"", "CPULimitExceeded"};
  }
  const double wait_units = draw("units " + app_id, units_, cost.units, now);
  const double wait_write =
      cost.write ? draw("writes " + app_id, {.size = 3000, .seconds = 150}, 1, now) : 0;
  const double wait = std::max(wait_units, wait_write);
  if (wait <= 0) return std::nullopt;
  return Denied{fmt::format("{}", std::max(1L, std::lround(std::ceil(wait)))),
                wait_write > wait_units ? "WriteLimitExceeded" : "ResourceUnitLimitExceeded"};
}

double Throttle::usage(const std::string& app_id) const {
  const auto found = pails_.find("units " + app_id);
  return found == pails_.end() ? 0 : 1 - found->second.left / units_.size;
}

double resource_units(const Route& route, const Query& query) {
  int units = route.units;
  if (query.select) --units;
  if (query.expand) ++units;
  if (query.top && std::atoi(query.top->c_str()) < 20) --units;
  return std::max(units, 1);
}

}  // namespace clawback::lab
