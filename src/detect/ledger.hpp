#pragma once

#include <string>
#include <utility>
#include <vector>

#include "detect/case.hpp"
#include "detect/replay.hpp"

// What the records, the inventory and the state database know of each grant, side by side.
namespace clawback::detect {

// All that is known of one grant.
struct Known {
  const GrantTrack* track = nullptr;
  const domain::Grant* grant = nullptr;
  const domain::GrantHistory* remembered = nullptr;
};

using Ledger = std::vector<std::pair<domain::GrantKey, Known>>;

// By key, each once. Most applications have grants and nothing else: a sorted vector is much faster
// than a map of keys.
Ledger collect(const Case& subject, const std::vector<GrantTrack>& tracks);

// What is in `from` and not in `without`; both are sorted.
std::vector<std::string> difference(const std::vector<std::string>& from,
                                    const std::vector<std::string>& without);

}  // namespace clawback::detect
