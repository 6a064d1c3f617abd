#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/finding.hpp"
#include "domain/memory.hpp"
#include "domain/snapshot.hpp"
#include "policy/policy.hpp"

namespace clawback::detect {

struct JudgeOptions {
  Time now;
  domain::Mode ceiling = domain::Mode::automatic;   // of this installation
  const domain::Memory* memory = nullptr;           // what earlier passes knew; nullptr: no state
  std::optional<Time> window_start = std::nullopt;  // default: where the logs begin
  // clawback's own identities: what they gave back (undo) is no growth behind anybody's back.
  std::vector<domain::AppId> own_apps = {};
};

struct Judgement {
  std::vector<domain::Finding> findings;  // by verdict and score, highest first, then by app id
  domain::Coverage coverage;              // the snapshot's, with `complete` decided
  std::vector<std::string> missing;       // sources that enabled rules need and that were not read
  std::optional<domain::Memory> memory;   // what the next pass should know; only if one was given
};

// Pure: the same snapshot, policy and options give the same findings, byte for byte, in whatever
// order the snapshot's records are. An application is a finding when at least one signal hits that
// has a weight and stands alone (policy::SignalInfo). Microsoft's own applications (guard G1) never
// are. One that only the logs know, or whose service principal was not read, is reported only, and
// at most watch unless the catalog knows whose it is. Access that was given before the window and
// shows nothing since is said, not alarmed: at most watch (guard G3).
Judgement judge(const domain::Snapshot& snapshot, const policy::Policy& policy,
                const JudgeOptions& options);

}  // namespace clawback::detect
