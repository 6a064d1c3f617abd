#pragma once

#include <string>
#include <vector>

#include "chaos/steps.hpp"
#include "chaos/story.hpp"
#include "lab/directory.hpp"

namespace chaos {

struct Change {
  std::string key;  // the fact that it changes
  clawback::lab::Change change;
};

// Whether a change of this sort can be made of this fact.
bool fits(Meddling::What what, const std::string& key);
// What somebody else does to the tenant as it is now; empty: there is nothing to do it to. `key`:
// the fact, or empty: one of the plan's, or of a neighbour's.
std::vector<Change> changes_of(const Meddling& one, const std::string& key,
                               const std::vector<Step>& steps,
                               const clawback::lab::Directory& truth);

}  // namespace chaos
