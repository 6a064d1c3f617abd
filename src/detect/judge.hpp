#pragma once

#include <vector>

#include "domain/finding.hpp"
#include "domain/snapshot.hpp"
#include "policy/policy.hpp"

namespace clawback::detect {

struct JudgeOptions {
  Time now;
  domain::Mode ceiling = domain::Mode::automatic;  // of this installation
};

struct Judgement {
  std::vector<domain::Finding> findings;  // by verdict and score, highest first, then by app id
  domain::Coverage coverage;              // the snapshot's, with `complete` decided
  std::vector<std::string> missing;       // sources that enabled rules need and that were not read
};

// Pure: the same snapshot, policy and options give the same findings, byte for byte, in whatever
// order the snapshot's records are. An application is a finding when at least one signal hits that
// has a weight and stands alone (policy::SignalInfo). Microsoft's own applications (guard G1) never
// are. One whose service principal was not read is a finding without an app id, at most watch, and
// reported only.
Judgement judge(const domain::Snapshot& snapshot, const policy::Policy& policy,
                const JudgeOptions& options);

}  // namespace clawback::detect
