#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/finding.hpp"

// What the state database remembers between two passes over a tenant: an input of judging like the
// snapshot, so that judging stays a function.
namespace clawback::domain {

// A grant as it was last known, with what was learnt of its making.
using RememberedGrant = GrantHistory;

// An application that has or had a service principal in the tenant.
struct RememberedApp {
  AppId app_id;
  Time first_seen;                // of the first snapshot that held it, or its createdDateTime
  std::optional<Time> last_used;  // the newest use that any pass has seen
  friend bool operator==(const RememberedApp&, const RememberedApp&) = default;
};

// The same application in another tenant that this installation looks after.
struct Sighting {
  TenantId tenant;
  AppId app_id;
  Time first_seen;
  friend bool operator==(const Sighting&, const Sighting&) = default;
};

struct RememberedCase {
  std::string key;  // Finding::key
  Time first_reported;
  Time last_reported;
  Verdict verdict = Verdict::info;
  std::string fingerprint;  // over what a person would want to be told again: see detect
  friend bool operator==(const RememberedCase&, const RememberedCase&) = default;
};

struct Memory {
  std::optional<Time> last_snapshot;  // whose inventory was read whole; nullopt: this is the first
  std::vector<RememberedGrant> grants;  // by id
  std::vector<RememberedApp> apps;      // by app id
  std::vector<RememberedCase> cases;    // by key
  std::vector<Sighting> sightings;      // by app id, tenant
  std::vector<UserAnswer> answers;      // in the order in which they were recorded
  friend bool operator==(const Memory&, const Memory&) = default;
};

}  // namespace clawback::domain
