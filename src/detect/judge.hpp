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

// Pure: the same snapshot, policy and options give the same findings, byte for byte. An application is a
// finding when at least one signal with a weight hits. Microsoft's own applications (guard G1) never are.
Judgement judge(const domain::Snapshot& snapshot, const policy::Policy& policy,
                const JudgeOptions& options);

}  // namespace clawback::detect
