#pragma once

#include <vector>

#include "cli/config.hpp"
#include "cli/context.hpp"
#include "cli/pass.hpp"
#include "journal/store.hpp"
#include "policy/policy.hpp"

// What a pass does about runs that are over: it only reads. What it saw belongs in the journal once
// it was told, so that a pass that dies in between says it in the next one.
namespace clawback::cli {

struct FollowUps {
  const Config& config;
  const policy::Policy& policy;
  journal::Store& store;
};

// Looks again at what runs did, 1 h, 24 h, 7 d and 30 d after their end, each once: the notes are
// "looked". What could not be read is an error of the pass, and the next one looks at it alone.
std::vector<journal::AuditNote> look_again(const FollowUps& with, Pass& pass,
                                           const Context& context);

// Emergencies that nobody ratified in time, each once: the notes are "escalated".
std::vector<journal::AuditNote> escalate(const FollowUps& with, Pass& pass, const Context& context);

}  // namespace clawback::cli
