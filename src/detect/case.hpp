#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "detect/index.hpp"
#include "detect/lookalikes.hpp"
#include "domain/finding.hpp"
#include "policy/policy.hpp"

namespace clawback::detect {

// What is the same for every application of one judgement.
struct Context {
  const domain::Snapshot& snapshot;
  const policy::Policy& policy;
  Time now;
  const Index& index;
  // Catalogued names of abused applications, folded (see fold_name in names.hpp).
  std::unordered_map<std::string, std::vector<const policy::CatalogEntry*>> names;
  const domain::Memory* memory = nullptr;    // nullptr: nothing is remembered
  std::optional<Time> window_start;          // of the time that is looked at
  const Lookalikes* lookalikes = nullptr;    // nullptr: D03 makes them anew for each application
  std::vector<domain::AppId> own_apps = {};  // this installation's identities
};

// One application under judgement: what the signals look at.
struct Case {
  const Context& context;
  const AppFacts& facts;
  domain::Ownership ownership = domain::Ownership::unknown;
  const policy::CatalogEntry* entry = nullptr;  // of its app id
};

inline constexpr Duration young = std::chrono::days(30);
inline constexpr std::size_t few_principals = 3;

// When the application came into this tenant, if the evidence or the state database shows it. One
// that the last snapshot did not hold yet came, for all that is known, right after it.
std::optional<Time> first_seen(const Case& subject);
// What the state database remembers of its app id, or nullptr.
const domain::RememberedApp* remembered(const Case& subject);

}  // namespace clawback::detect
