#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "detect/case.hpp"

// What is usual for a user, against which a sign-in behind a consent is held.
namespace clawback::detect {

// Within an hour of the consent all sign-ins may be the intruder's own.
inline constexpr Duration around_consent = std::chrono::hours(1);

// From when to when a user was in a country.
struct Stay {
  Time first;
  Time last;
};
using Stays = std::map<std::string, Stay>;          // by country, lower case
using StaysOf = std::map<std::string_view, Stays>;  // by user: looked up once for all consents

// From the rows that readers keep, and from successful sign-ins.
const Stays& stays_of(const Case& subject, std::string_view user, StaysOf& all);

// Where and when a user was seen apart from the hour around the consent.
struct Habit {
  std::size_t countries = 0;  // others than that of the consent, and when he was seen there
  std::optional<Time> first;
  std::optional<Time> last;
  bool same_before = false;  // seen in the same country before
  bool same_after = false;   // and after: may be the intruder again
};
Habit habit_of(const Stays& stays, const std::string& place, Time consent);

// The /24 of an IPv4 address, the first four groups of an IPv6 one: providers change the rest.
std::string_view network_of(std::string_view address);

}  // namespace clawback::detect
