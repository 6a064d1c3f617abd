#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/snapshot.hpp"
#include "policy/policy.hpp"

// Who could consent to an application, by the layers that decide it: the service principal, the
// consent policies that are assigned (any one of them is enough), and those of administrators.
// Source: Microsoft's pages on app consent policies and on disabling an application; for its
// managed policy the catalog. What can't be told is `unknown`, never `no`.
namespace clawback::detect {

enum class Person : std::uint8_t { user, guest, application_administrator, global_administrator };
std::string_view name_of(Person person);  // "an ordinary user"

enum class Could : std::uint8_t { no, unknown, yes };
std::string_view name_of(Could could);

struct Permission {
  domain::AppId resource;    // may be empty: not known
  std::string value;         // "Mail.Read"
  std::string id;            // of an app role; empty for scopes
  bool application = false;  // an app role
  friend auto operator<=>(const Permission&, const Permission&) = default;
};

struct ConsentTo {
  const domain::ServicePrincipal* app = nullptr;  // never null
  std::optional<bool> enabled;                    // instead of the app's own
};

// What is assigned to users; nullopt: not read.
using Assigned = std::optional<std::vector<std::string>>;
Assigned assigned_policies(const domain::Snapshot& snapshot);

struct ConsentAnswer {
  Could could = Could::unknown;
  std::string why;  // printable, without a full stop
  friend bool operator==(const ConsentAnswer&, const ConsentAnswer&) = default;
};

struct ConsentFacts {
  const domain::Snapshot& snapshot;
  const std::optional<policy::ManagedConsent>& managed;
  const Assigned& assigned;
};
ConsentAnswer could_consent(const ConsentFacts& facts, const ConsentTo& to, Person person,
                            const Permission& wanted);

// What Microsoft's page says of its managed policy.
bool managed_exempts(const policy::ManagedConsent& managed, const domain::AppId& app);
// Its lists are of one API each. `unknown`: of another API, or a name that is on the other's list.
Could managed_stops(const policy::ManagedConsent& managed, const Permission& wanted);

}  // namespace clawback::detect
