#pragma once

#include <cstdint>

#include "cli/arguments.hpp"
#include "cli/config.hpp"
#include "journal/store.hpp"
#include "plan/plan.hpp"
#include "policy/policy.hpp"

// What must hold of a plan before a request of it may leave, besides what `remediate::execute` asks
// of the tenant itself. In the order in which `apply` asks.
namespace clawback::cli {

// Errc::stale: another tenant, another policy or catalog than today's, or expired.
Result<void> check_current(const plan::Plan& plan, const Config& config,
                           const policy::Policy& policy, Time now);
// Each action is one that today's policy may plan: its rule is there, acts (mode approve or more
// under the ceiling) and has this kind of action, or it blocks an application of [catalog] block.
// Inverses belong to an undo. Nothing is about an application that the catalog knows as
// Microsoft's. Errc::stale or guard.
Result<void> check_rules(const plan::Plan& plan, const Config& config,
                         const policy::Policy& policy);
// Errc::guard: something that a rule needed could not be read; such a plan is to be looked at.
Result<void> check_inspect_only(const plan::Plan& plan);
// A clock that --now set back would bring expired approvals back to life: Errc::invalid.
Result<void> check_clock(const Global& global);
// Errc::stale if a run was started with it.
Result<void> check_unused(const plan::Plan& plan, journal::Store& store);
// Errc::guard: over a limit of its own, of today's policy, or of the last 24 hours. Of a `run` that
// goes on only what it has still to send is new: the rest is among what was sent.
Result<void> check_limits(const plan::Plan& plan, const policy::Policy& policy,
                          journal::Store& store, Time now, const std::string& run = {});
// Limits do not bind an undo; so it must be what its run's undo is, or a part of it: Errc::stale
// otherwise.
Result<void> check_undo(const plan::Plan& plan, const policy::Policy& policy,
                        journal::Store& store);

// How many people must have approved: what the plan says, or today's rules, whichever is more.
std::int64_t quorum_for(const plan::Plan& plan, const policy::Policy& policy);

}  // namespace clawback::cli
