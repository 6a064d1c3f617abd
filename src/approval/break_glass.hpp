#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "approval/approval.hpp"

// One person's yes in an emergency, and what has to follow it.
namespace clawback::approval {

inline constexpr Duration ratify_within = std::chrono::hours(24);

// Pure. Errc::guard unless every action contains and can be taken back exactly: disable-app,
// block-app with its confirm-block, or disable-user, and it is no undo.
Result<void> check_containment(const plan::Plan& plan);

// Pure. Errc::guard when `used` break-glass approvals within the last 24 hours leave no room for
// one more. `max_per_day` 0: never.
Result<void> check_break_glass_limit(std::int64_t used, std::int64_t max_per_day);

enum class RatificationState : std::uint8_t { ratified, waiting, overdue };

// The journal's record that a run went out on one person's yes.
struct BrokenGlass {
  std::string by;
  Time at;  // when that yes was used: others count as of then
};

struct Ratification {
  RatificationState state = RatificationState::waiting;
  std::string broken_by = {};        // who broke the glass
  std::vector<std::string> by = {};  // who ratified it and counts; sorted
  std::int64_t missing = 0;          // further persons
  Time until = {};                   // waiting: escalates from then on
  friend bool operator==(const Ratification&, const Ratification&) = default;
};

// Pure. Where a run stands whose glass was broken; whoever signed is in `approvals`. It is ratified
// by others than the one who broke the glass, as many as the quorum still needs and at least one;
// whoever asked for the plan or is affected does not count, as for an approval. An envelope that
// does not verify, or that is about another plan, is not counted. That the glass was broken is the
// journal's word: a registry that changed since takes nothing of it back.
Ratification ratification_of(const plan::Plan& plan, const BrokenGlass& broken,
                             const std::vector<std::string>& approvals,
                             const std::vector<std::string>& ratifications,
                             const Registry& registry, std::int64_t quorum, Time now);

}  // namespace clawback::approval
