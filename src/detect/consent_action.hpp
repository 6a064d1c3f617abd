#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "domain/entities.hpp"

namespace clawback::detect {

// One grant in a consent record's ConsentAction.Permissions.
struct ConsentEntry {
  domain::GrantId id;
  domain::ServicePrincipalId client;  // empty or zeros at the first consent to an application
  domain::ServicePrincipalId resource;
  domain::ConsentType consent = domain::ConsentType::principal;
  std::optional<domain::UserId> principal;
  std::vector<std::string> scopes;  // sorted, unique
  friend bool operator==(const ConsentEntry&, const ConsentEntry&) = default;
};

struct ConsentAction {
  std::vector<ConsentEntry> before;
  std::vector<ConsentEntry> after;
};

// "old => new; ", each side "[]" or "[[Id: …, ClientId: …, …], [..]]", with an entry for each
// resource. Members are found by name; both layouts are read: that of 2021, which ends with the
// scope, and that with CreatedDateTime behind it. nullopt: it is neither. At most 1000 entries.
std::optional<ConsentAction> parse_consent_action(std::string_view text);

// "a b  c" -> sorted, unique, without blanks.
std::vector<std::string> scopes_of(std::string_view text);

}  // namespace clawback::detect
