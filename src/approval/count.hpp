#pragma once

#include <optional>
#include <string>

#include "approval/registry.hpp"
#include "base/result.hpp"
#include "plan/plan.hpp"

namespace clawback::approval {

// How far ahead of ours the clock may be that an approval was signed by.
inline constexpr Duration clock_skew = std::chrono::minutes(5);

// Pure. Why a person's yes to this plan does not count; nullopt: it counts. A person asked for the
// plan if plan.requested_by is the name, or if it or plan.requested_from is "local:" and an
// `account` of theirs. A person is affected if one of their Entra accounts is of the plan's tenant
// and among plan.affected or the users of its actions.
std::optional<std::string> asked_for(const plan::Plan& plan, const Registry& registry,
                                     const std::string& person);
std::optional<std::string> affected(const plan::Plan& plan, const Registry& registry,
                                    const std::string& person);
std::optional<std::string> not_counted(const plan::Plan& plan, const Registry& registry,
                                       const std::string& person);

// Errc::guard for what nobody may approve: a plan over its limits, or for inspection only.
Result<void> check_approvable(const plan::Plan& plan);

}  // namespace clawback::approval
