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
// In the order in which they are always sent. The last three are inverses: only `undo` plans them,
// no policy.
enum class ActionKind : std::uint8_t {
  disable_app,
  block_app,
  revoke_grant,
  remove_app_role,
  revoke_sessions,
  restore_app_role,
  restore_grant,
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
  int weight = 0;  // what it adds to the score: 0 unless hit
  std::string reason;
  std::vector<std::string> evidence;   // ids of the objects and records that show it
  std::optional<std::string> missing;  // the source, permission or licence that is missing
  friend bool operator==(const SignalResult&, const SignalResult&) = default;
};

struct TimelineEntry {
  Time time;
  std::string event;
  std::string record;
  friend bool operator==(const TimelineEntry&, const TimelineEntry&) = default;
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
  std::optional<std::string> rule;       // the rule with the highest mode that matched
  Mode mode = Mode::report;              // effective: the lowest of rule, ceiling and evidence
  std::string mode_reason;               // why it is lower than the rule's, or empty
  std::optional<std::string> exception;  // reason and owner of the exception that covers it
  friend bool operator==(const Finding&, const Finding&) = default;
};

}  // namespace clawback::domain
