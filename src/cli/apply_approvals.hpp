#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "approval/approval.hpp"
#include "cli/config.hpp"
#include "journal/store.hpp"

// What approvals are held to besides themselves: the issuer's keys, and what was used before.
namespace clawback::cli {

// `recorded`: keys that were noted for this plan count too. For a run that exists, whose signatures
// outlive the issuer's keys; a new plan is held to what the issuer says today.
enum class Trust : std::uint8_t { live, recorded };

// The registry with the signing keys of every Entra tenant that signed one of these envelopes,
// fetched from the configured login host. Keys that can't be fetched are an error, unless recorded
// ones are trusted and there. Nothing is fetched when nobody signed in.
Result<approval::Registry> registry_for(const std::vector<std::string>& envelopes,
                                        const std::string& plan_digest, Trust trust,
                                        const Config& config, journal::Store& store);
// The same for these tenants.
Result<approval::Registry> registry_of(const std::set<std::string>& tenants,
                                       const std::string& plan_digest, Trust trust,
                                       const Config& config, journal::Store& store);
// With the keys that were noted for this plan alone: nothing is fetched.
Result<approval::Registry> recorded_registry(const std::string& plan_digest, const Config& config,
                                             journal::Store& store);

// Journals the keys that an approval of this plan was checked with, as proof: a note of kind
// "keys". What is there already is not written again.
Result<void> record_keys(const approval::Registry& registry, const std::string& plan_digest,
                         journal::Store& store, Time now);

// Errc::approval if a nonce of these approvals was used by another run than `run`.
Result<void> check_unused_approvals(const approval::ApprovedPlan& approved, const std::string& run,
                                    journal::Store& store);

// Errc::guard if break-glass approvals of other runs than `run` within 24 hours leave no room for
// one more.
Result<void> check_glass_left(journal::Store& store, const std::string& run,
                              std::int64_t max_per_day, Time now);

struct Approving {
  const Config& config;
  journal::Store& store;
  std::int64_t quorum = 1;
  std::int64_t break_glass_per_day = 0;
  std::string run = {};  // empty: a new one
};

// The same for what was approved; nothing if no glass is broken.
Result<void> check_glass_left(const approval::ApprovedPlan& approved, const Approving& with,
                              Time now);

// With the lease in hand: what another run may have used up meanwhile, the day's last break-glass
// approval or the limits of 24 hours.
Result<void> check_under_lease(const approval::ApprovedPlan& approved, const Approving& with,
                               const policy::Policy& policy, Time now);

// All of it, in this order: what `apply` and `resume` do with the envelopes of a plan. Says so on
// the console when the glass is broken.
Result<approval::ApprovedPlan> approve_now(plan::Plan plan,
                                           const std::vector<std::string>& envelopes,
                                           const Approving& with, const Context& context);

}  // namespace clawback::cli
