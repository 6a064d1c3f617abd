#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/snapshot.hpp"

namespace clawback::domain {

enum class Verdict : std::uint8_t { info, watch, alert };
// off < report < approve < contain < automatic ("auto" in files).
enum class Mode : std::uint8_t { off, report, approve, contain, automatic };
// In the order in which they are always sent.
enum class ActionKind : std::uint8_t {
  // What a policy can ask for.
  disable_app,
  block_app,
  confirm_block,  // comes with block_app; no policy names it
  disable_user,
  revoke_grant,
  narrow_grant,
  remove_app_role,
  remove_assignment,
  revoke_sessions,
  disable_inbox_rule,
  restrict_consent,
  require_admin_consent,
  require_managed_client,
  // What only an undo does, in its order: permissions come back first and the application last.
  withdraw_managed_client,
  restore_admin_consent,
  restore_consent,
  enable_inbox_rule,
  restore_assignment,
  restore_app_role,
  restore_scopes,
  restore_grant,
  enable_user,
  enable_app,
};
enum class SignalState : std::uint8_t { hit, miss, not_evaluable };

std::string_view name_of(Verdict verdict);    // "info"
std::string_view name_of(Mode mode);          // "auto"
std::string_view name_of(ActionKind kind);    // "disable-app"
std::string_view name_of(SignalState state);  // "not-evaluable"
std::optional<Verdict> verdict_from(std::string_view text);
std::optional<Mode> mode_from(std::string_view text);
std::optional<ActionKind> action_kind_from(std::string_view text);  // every kind
bool is_inverse(ActionKind kind);                                   // not for policies

// Whose the application is, from appOwnerOrganizationId; names never decide.
enum class Ownership : std::uint8_t { unknown, microsoft, own_tenant, third_party };

struct SignalResult {
  std::string id;  // "D04"
  SignalState state = SignalState::not_evaluable;
  int weight = 0;        // what it adds to the score: 0 unless hit
  bool against = false;  // a miss that speaks for the application, e.g. a verified publisher
  std::string reason;
  std::vector<std::string> evidence;   // ids of the objects and records that show it
  std::optional<std::string> missing;  // the source, permission or licence that is missing
  friend bool operator==(const SignalResult&, const SignalResult&) = default;
};

// directory: audit records, consents among them.
enum class TimelineKind : std::uint8_t { directory, sign_in, mail_read, mail_rule };
std::string_view name_of(TimelineKind kind);  // "mail-read"
std::optional<TimelineKind> timeline_kind_from(std::string_view text);

struct TimelineEntry {
  Time time;
  std::string event;
  std::string record;
  TimelineKind kind = TimelineKind::directory;
  friend bool operator==(const TimelineEntry&, const TimelineEntry&) = default;
};

// What is known of how a grant came about. Source: audit records and the differences between
// snapshots, since Graph keeps no time with a grant.
struct GrantHistory {
  GrantId id;  // may be decoded: base64url of client, resource and principal
  ServicePrincipalId client;
  ServicePrincipalId resource;
  ConsentType consent = ConsentType::principal;
  std::optional<UserId> principal;
  std::vector<std::string> scopes;        // now, or last known
  std::vector<std::string> added_scopes;  // by the last change after the grant was made
  bool present = true;                    // false: the inventory does not hold it any more
  std::optional<Time> first_seen;         // when it was given
  std::optional<Time> not_before;         // a snapshot of this time did not hold it yet
  std::optional<Time> not_after;          // it was there at this time
  std::optional<Time> last_changed;       // without a record: of the snapshot that showed it first
  std::optional<Time> changed_after;      // then: of the snapshot before, which did not show it
  std::optional<std::string> by;          // user principal name, user id or app id
  std::optional<std::string> from;        // "203.0.113.7 (NL)", of the sign-in behind the consent
  std::vector<std::string> records;       // of the log, in the order of time
  std::string unknown;                    // what of when, who and where is not known, and why
  friend bool operator==(const GrantHistory&, const GrantHistory&) = default;
};

// What was done with the access.
struct BlastRadius {
  bool known = false;  // false: `unknown` says what is missing; the rest is what could be seen
  std::string unknown;
  std::vector<std::string> mailboxes;  // read through the application; sorted
  std::uint64_t items = 0;
  std::optional<Time> first_read;
  std::optional<std::int64_t> seconds_after_consent;  // from the latest consent before first_read
  std::vector<std::string> rules;  // records of inbox rules and forwarding by the users concerned
  friend bool operator==(const BlastRadius&, const BlastRadius&) = default;
};

// Whether the access was given before the time that is looked at (guard G3).
enum class Existence : std::uint8_t { unknown, in_window, pre_existing };
// Against what the state database remembers of the case; `untracked` without one.
enum class CaseState : std::uint8_t { untracked, fresh, unchanged, changed };
std::string_view name_of(Existence existence);  // "pre-existing"
std::string_view name_of(CaseState state);      // "untracked", "new", "unchanged", "changed"

// What a person said who was asked whether an application is theirs (docs/how-to/asking.md).
enum class Says : std::uint8_t { mine, not_mine, unsure };
enum class Channel : std::uint8_t { phone, in_person, other };  // never mail: an intruder reads it
std::string_view name_of(Says says);                            // "not-mine"
std::string_view name_of(Channel channel);                      // "in-person"
std::optional<Says> says_from(std::string_view text);
std::optional<Channel> channel_from(std::string_view text);

// An answer as somebody recorded it. All texts are printable and bounded.
struct UserAnswer {
  std::string case_key;  // Finding::key
  UserId user;           // whose answer it is; empty if only the name is known
  std::string user_principal_name;
  Says says = Says::unsure;
  Channel channel = Channel::other;
  Time time;            // when it was recorded
  std::string by;       // who recorded it
  std::string account;  // and as which account of that machine
  std::string note;
  bool last = true;  // false: the same person said something else later
  friend bool operator==(const UserAnswer&, const UserAnswer&) = default;
};

// One case: an application in this tenant, with everything it holds.
struct Finding {
  std::string key;  // stable: "sha256:…" over tenant and app id
  Verdict verdict = Verdict::info;
  int score = 0;
  ServicePrincipal app;
  Ownership ownership = Ownership::unknown;
  std::vector<Grant> grants;                 // all of the app's grants
  std::vector<AppRoleAssignment> app_roles;  // all of the app's roles that are known
  std::vector<User> users;            // principals of the grants; only the id where it was not read
  std::vector<SignalResult> signals;  // every signal, in the order of their ids
  std::vector<TimelineEntry> timeline;
  std::vector<GrantHistory> history;  // one per grant, by id; also of grants that are gone
  BlastRadius blast;
  Existence existence = Existence::unknown;
  std::string existence_reason;
  CaseState state = CaseState::untracked;
  std::optional<Time> case_since;   // when the case was first reported
  std::optional<std::string> rule;  // the rule with the highest mode that matched
  Mode mode = Mode::report;         // effective: the lowest of rule, ceiling and evidence
  std::string mode_reason;          // why it is lower than the rule's, or empty
  // What the mode would be had all been read, and what was not: empty unless that is all that keeps
  // the finding below approve.
  Mode mode_if_read = Mode::report;
  std::vector<std::string> needs;        // "signIns was not read (denied): …"
  std::optional<std::string> exception;  // reason and owner of the exception that covers it
  std::vector<UserAnswer> answers;       // of the people who were asked, in the order of recording
  friend bool operator==(const Finding&, const Finding&) = default;
};

}  // namespace clawback::domain
