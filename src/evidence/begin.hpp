#pragma once

#include <algorithm>
#include <optional>

#include "base/time.hpp"
#include "evidence/kind.hpp"

namespace clawback::evidence {

// When the logs that were met begin: their earliest record. Logs of one tenant are kept for
// different times, and only the directory audits tell since when consents are known.
struct Begin {
  std::optional<Time> audits;
  std::optional<Time> any;

  void add(std::optional<Kind> kind, std::optional<Time> time) {
    if (!time) return;
    any = std::min(any.value_or(*time), *time);
    if (kind == Kind::audit) audits = std::min(audits.value_or(*time), *time);
  }
  void add(const Begin& other) {
    add(std::nullopt, other.any);
    add(Kind::audit, other.audits);
  }
};

}  // namespace clawback::evidence
