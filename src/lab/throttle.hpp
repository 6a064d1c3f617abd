#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "lab/routes.hpp"

namespace clawback::lab {

// The published limits: resource units and writes per application and tenant, five reports
// requests in ten seconds, and one request a second for Conditional Access. Reads and writes have
// buckets of their own.
class Throttle {
 public:
  struct Denied {
    std::string retry_after;  // seconds; the reports workload sends decimals; empty: not said
    std::string reason;       // x-ms-throttle-information
  };
  struct Cost {
    Bucket bucket = Bucket::identity;
    double units = 1;
    bool write = false;
  };
  explicit Throttle(std::size_t users);
  std::optional<Denied> take(const std::string& app_id, const Cost& cost, Time now);
  // How full the application's units are, 0 to 1 and beyond.
  [[nodiscard]] double usage(const std::string& app_id) const;

 private:
  struct Pail {
    double left = 0;
    Time updated{};
  };
  struct Limit {
    double size = 0;
    double seconds = 0;
  };
  // Seconds to wait, 0 when there is room.
  double draw(const std::string& key, const Limit& limit, double amount, Time now);

  Limit units_;
  std::map<std::string, Pail> pails_;
};

// What a request costs, by the published table and its query options.
double resource_units(const Route& route, const Query& query);

}  // namespace clawback::lab
