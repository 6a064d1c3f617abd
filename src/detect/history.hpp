#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "detect/case.hpp"
#include "domain/finding.hpp"
#include "domain/grant_id.hpp"

namespace clawback::detect {

// The grant ledger: when each grant of the application was given, by whom and from where, from
// audit records, the inventory, and what the state database remembers of earlier snapshots. One for
// each grant that any of them knows, by key; what is not known says why.
enum class Words : std::uint8_t { yes, no };  // no: `unknown` stays empty
std::vector<domain::GrantHistory> histories(const Case& subject, Words words = Words::yes);

// Scopes that a grant gained in one act, without being made anew: with the record that shows it, or
// nullptr if only the difference between two snapshots does.
struct Growth {
  domain::GrantId grant;
  domain::GrantKey key;
  std::vector<std::string> before;
  std::vector<std::string> added;
  const Happening* event = nullptr;
  const Happening* made = nullptr;        // the record that made the grant, if the log has it
  std::vector<const Happening*> repeats;  // further records of the same act
  std::optional<Time> time;        // of the record; else of the snapshot that first showed it
  std::optional<Time> not_before;  // without a record: the snapshot that did not show it yet
};
// By grant key; of one grant those with a record first, in the order of time.
std::vector<Growth> growths(const Case& subject);

// The sign-in behind what a user did at that moment, which is not in the audit record: its address
// is Microsoft's and its correlation id another one. Joined by user and time: of the same
// application from 15 minutes before to 5 after, else of any from 10 before to 2 after; the nearest
// that succeeded. nullptr: none, or the user is not known.
const domain::SignIn* sign_in_behind(const Case& subject, const Happening& event);

}  // namespace clawback::detect
