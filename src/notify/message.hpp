#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "domain/finding.hpp"
#include "journal/event.hpp"

// What one pass over a tenant has to tell. A shape of its own, so that what is sent out does not
// change with what is kept inside. Text from the tenant is kept as it came: each renderer makes it
// harmless for its own format. Nothing in it is a secret, and no user is named.
namespace clawback::notify {

// What a target can ask to be told of.
enum class Event : std::uint8_t { found, done, waits, failed, followup };
std::string_view name_of(Event event);  // "found"
std::optional<Event> event_from(std::string_view text);
inline constexpr Event every_event[] = {Event::found, Event::done, Event::waits, Event::failed,
                                        Event::followup};

struct Case {
  std::string key;
  domain::Verdict verdict = domain::Verdict::alert;
  std::string app_id;
  std::string display_name;  // the application's own words
  std::int64_t users = 0;
  bool tenant_wide = false;  // a grant for everyone: `users` can't count them
  std::string rule;          // empty: none matched
  std::string state;         // "new", "changed", "unchanged", "untracked"
  friend bool operator==(const Case&, const Case&) = default;
};

// How many actions of a kind stand where, in one run.
struct Done {
  std::string run;
  domain::ActionKind kind = domain::ActionKind::disable_app;
  journal::Phase state = journal::Phase::done;
  std::int64_t count = 0;
  friend bool operator==(const Done&, const Done&) = default;
};

// A plan that waits for people.
struct Waiting {
  std::string file;
  std::string digest;
  std::int64_t quorum = 1;
  std::int64_t actions = 0;
  Time expires;
  friend bool operator==(const Waiting&, const Waiting&) = default;
};

// What a later look at a run's objects found.
enum class FollowUpKind : std::uint8_t { re_consent, re_enabled, gone, policy_changed };
std::string_view name_of(FollowUpKind kind);  // "re-consent"
struct FollowUp {
  FollowUpKind kind = FollowUpKind::re_consent;
  std::string run;
  std::string app_id;        // empty for a policy
  std::string object_id;     // of the account, when it is about an account or a mailbox
  std::string display_name;  // empty then: it would name the person
  std::string detail;
  friend bool operator==(const FollowUp&, const FollowUp&) = default;
};

// Break-glass that nobody ratified in time.
struct Escalation {
  std::string run;
  std::string approver;
  Time since;
  Time due;
  std::string detail;
  friend bool operator==(const Escalation&, const Escalation&) = default;
};

struct Message {
  std::string id;  // a GUID; the same one when the same message comes twice
  Time time;
  std::string tenant;
  std::string tenant_name;
  std::string tool;  // "clawback 0.1.0"
  bool test = false;
  std::vector<std::string> runs;
  std::vector<Case> found;
  std::vector<Done> done;
  std::vector<Waiting> waits;
  std::vector<FollowUp> followup;
  std::vector<Escalation> escalations;
  std::vector<std::string> errors;
  std::string audit_head;  // "SEQ:HASH" of the audit chain; empty: there is none yet
  friend bool operator==(const Message&, const Message&) = default;
};

// What the message tells of. Actions that failed or could not be verified are `failed` too.
std::set<Event> events_of(const Message& message);

// Whether a target that asked for `on` is told. A test and an escalation are told to everyone.
bool concerns(const Message& message, const std::vector<Event>& on);

// "2 alert, 1 watch found; 14 actions done, 1 failed; 1 plan waits". "nothing to tell" for nothing.
std::string headline(const Message& message);

// More than this of each list is counted in the headline, not listed.
inline constexpr std::size_t listed_max = 100;

}  // namespace clawback::notify
