#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lab/directory.hpp"

namespace clawback::lab {

struct StoreDelays {
  std::chrono::milliseconds visibility{0};
  std::chrono::milliseconds audit{0};
};

enum class DeltaKind : std::uint8_t { grant, service_principal };

// The tenant as it is and, when writes become visible late, as reads still see it.
class Store {
 public:
  Store(Tenant tenant, StoreDelays delays);

  [[nodiscard]] const Directory& truth() const { return truth_; }
  [[nodiscard]] const Directory& shown() const { return shown_ ? *shown_ : truth_; }
  // Brings up to date what reads see; before each request.
  void settle(Time now);
  void write(const Change& change, Time now);

  // Direct access for tests and for the start; what it changes is visible at once.
  void look(const std::function<void(Tenant&)>& look);

  // Ids that changed after `mark`, oldest first, each once. `mark()` is the present.
  [[nodiscard]] std::uint64_t mark() const { return log_.size(); }
  [[nodiscard]] std::vector<std::string> changed_since(DeltaKind kind, std::uint64_t mark) const;

 private:
  void show(const Change& change);

  Directory truth_;
  std::optional<Directory> shown_;
  StoreDelays delays_;
  std::multimap<Time, Change> pending_;
  Time last_shows_{};  // of the writes so far, audit records aside
  std::vector<std::pair<DeltaKind, std::string>> log_;
};

}  // namespace clawback::lab
