#pragma once

#include "cli/config.hpp"
#include "cli/context.hpp"
#include "cli/pass.hpp"
#include "journal/store.hpp"
#include "policy/policy.hpp"

// What a pass does about runs that are over: it only reads, and notes in the journal what it saw.
namespace clawback::cli {

struct FollowUps {
  const Config& config;
  const policy::Policy& policy;
  journal::Store& store;
};

// Looks again at what runs did, 1 h, 24 h, 7 d and 30 d after their end, each once; notes "looked".
// What could not be read is an error of the pass, and looked at again by the next one.
void look_again(const FollowUps& with, Pass& pass, const Context& context);

// Emergencies that nobody ratified in time, each once; notes "escalated".
void escalate(const FollowUps& with, Pass& pass, const Context& context);

}  // namespace clawback::cli
