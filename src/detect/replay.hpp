#pragma once

#include <optional>
#include <vector>

#include "base/time.hpp"
#include "detect/happening.hpp"
#include "domain/grant_id.hpp"

// An application's grants as audit records tell of them, one after the other.
namespace clawback::detect {

// Records of the token service and the directory that tell of the same act stand milliseconds
// apart (2 to 13 in shared records), in the Unified Audit Log in the same second; people need
// longer for the next one (22 s and more).
inline constexpr Duration same_act = std::chrono::seconds(10);

// Scopes that one act added to a grant that was there.
struct GrantStep {
  const Happening* event = nullptr;       // the first record of it
  std::vector<std::string> before;        // what the grant had
  std::vector<std::string> added;         // sorted
  std::vector<const Happening*> repeats;  // further records of the same act
};

// What the records say of one grant.
struct GrantTrack {
  domain::GrantKey key;
  domain::GrantId id;                // as a record has it, or put together from the key
  std::vector<std::string> scopes;   // after the last record
  std::vector<std::string> grown;    // scopes added after it was made; sorted
  std::vector<GrantStep> steps;      // how it grew, one after the other
  std::vector<std::string> initial;  // when it was made, or before the first record that names it
  bool present = true;
  const Happening* made = nullptr;   // the record that made it; nullptr: it was there before
  const Happening* grew = nullptr;   // the last record that added scopes to it
  const Happening* last = nullptr;   // the last record that changed anything
  const Happening* first = nullptr;  // the first record that names it
  std::vector<const Happening*> records;
};

// By key. `events` are of one application, in the order of time; refused ones change nothing. The
// three records of an amended consent come to one growth, whatever they are called and in whatever
// order they stand.
std::vector<GrantTrack> replay(const std::vector<const Happening*>& events);

// The grants that are there after all events, for evidence without a whole inventory; with
// `later_than` only those that changed since. By id.
std::vector<domain::Grant> grants_after(const std::vector<const Happening*>& events,
                                        std::optional<Time> later_than = std::nullopt);

}  // namespace clawback::detect
