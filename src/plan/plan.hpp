#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "detect/judge.hpp"
#include "domain/finding.hpp"

namespace clawback::plan {

// A Graph request as it will be sent; path is "/v1.0/…" with everything encoded.
struct Request {
  std::string method;
  std::string path;
  json::value body;  // null: none
  friend bool operator==(const Request&, const Request&) = default;
};

// What is read right before the request is sent, and what it must show. `before` is the part of the
// object that matters (see projection.hpp); `hash` is sha256 over its canonical JSON; null before:
// absent.
struct Precondition {
  Request request;
  std::string hash;
  json::value before;
  friend bool operator==(const Precondition&, const Precondition&) = default;
};

// What must be seen afterwards, read with the precondition's request. `after` null: absent.
// For revoke-sessions `after` is {"sessionsValidFrom":"newer"}.
struct Postcondition {
  json::value after;
  friend bool operator==(const Postcondition&, const Postcondition&) = default;
};

enum class Reversible : std::uint8_t { exact, recreate, no };
std::string_view name_of(Reversible value);

struct Target {
  std::string kind;  // "servicePrincipal", "oauth2PermissionGrant", "appRoleAssignment", "user",
                     // "application", "assignment", "messageRule" (id: "user/rule"),
                     // "authorizationPolicy", "adminConsentRequestPolicy",
                     // "conditionalAccessPolicy"
  std::string id;
  std::string app_id;                // of the app it is about; may be empty for users
  std::string service_principal_id;  // of that app; may be empty
  std::string display_name;          // for reading only
  friend bool operator==(const Target&, const Target&) = default;
};

struct Because {
  std::string finding;  // key
  std::string rule;
  std::vector<std::string> signals;
  friend bool operator==(const Because&, const Because&) = default;
};

struct Action {
  std::string id;  // "a1", "a2"… in the order of sending
  domain::ActionKind kind = domain::ActionKind::disable_app;
  std::vector<std::string> depends;  // actions that must be done before
  Target target;
  Request request;
  Precondition precondition;
  Postcondition postcondition;
  Reversible reversible = Reversible::no;
  std::optional<Request> inverse;
  Because because;
  std::string effect;              // in plain words
  std::string residual;            // what stays possible after it
  std::vector<std::string> notes;  // what the records say of it, in plain lines; may be empty
  friend bool operator==(const Action&, const Action&) = default;
};

// Why a rule acts on a case, for whoever reads the plan without the findings. All of it is
// printable and bounded.
struct Reason {
  std::string signal;  // "D04"
  std::string text;
  std::vector<std::string> records;  // ids that show it, the first few
  friend bool operator==(const Reason&, const Reason&) = default;
};
struct CaseReasons {
  std::string finding;  // key
  std::string rule;
  domain::Mode mode = domain::Mode::approve;  // effective: what may be sent without a person
  std::string why;                            // the rule's
  std::vector<Reason> reasons;
  friend bool operator==(const CaseReasons&, const CaseReasons&) = default;
};

struct Breach {
  std::string limit;  // "max_apps", "rule known-abused-mail-client max_users"
  std::int64_t allowed = 0;
  std::int64_t planned = 0;
  friend bool operator==(const Breach&, const Breach&) = default;
};

// A finding whose app or object a hard guard protects, or for which something that its rule needs
// could not be read, so that nothing was planned for it.
struct Refusal {
  std::string finding;
  std::string target;
  std::string reason;
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

struct Plan {
  std::string id;
  std::string tenant;
  Time created;
  Time expires;
  std::string tool;    // "clawback 0.1.0"
  std::string policy;  // digests
  std::string catalog;
  std::string identity;  // client id of the write identity it is meant for; empty: none configured
  std::string undo_of;   // run id, for an inverse plan; else empty
  // Who asked for it: a registered person's name, or "local:<account>". Never counts as approver.
  std::string requested_by;
  // The account that gave that name: "local:<account>", who does not count either. Empty:
  // requested_by is the account itself, or the plan is older than this member.
  std::string requested_from = {};
  std::vector<std::string> affected;  // object ids of the users of the findings acted on, sorted
  std::string evidence;  // sha256 text of the saved evidence document; empty: none was saved
  // Why it can only be looked at: a rule needed what could not be read. Never approved or applied.
  std::vector<std::string> inspect_only;
  std::vector<std::string> consent_after;  // who could still consent afterwards, in plain words
  std::vector<std::string> remarks;        // what else to know, e.g. what an undo can't bring back
  std::vector<CaseReasons> cases;          // of the actions, sorted by finding and rule
  std::map<std::string, std::string>
      names;  // of `affected` as far as read: id, user principal name
  domain::Coverage coverage;
  std::int64_t apps = 0;  // evaluated
  std::int64_t users = 0;
  std::vector<Breach> breaches;
  std::vector<Refusal> refused;
  std::int64_t quorum = 1;
  Duration approval_expires = std::chrono::hours(4);
  std::vector<Action> actions;
  std::string digest;  // sha256 text over the canonical bytes without itself; set by `seal`
  friend bool operator==(const Plan&, const Plan&) = default;
};

// `because.rule` of actions that [catalog] block asks for.
inline constexpr std::string_view block_rule = "catalog.block";

struct Options {
  Time now;
  std::string id;  // a GUID, made by the caller
  Duration valid_for = std::chrono::hours(24);
  std::string tool;
  std::string write_client_id;            // may be empty
  std::vector<std::string> own_app_ids;   // clawback's own identities: never a target
  std::vector<domain::UserId> approvers;  // object ids: their accounts are never disabled
  std::string requested_by = {};
  std::string requested_from = {};
  std::string evidence = {};  // sha256 text of the document that is saved
};

// Pure. Actions in the fixed order for every finding whose effective mode is approve or more.
// Guards and limits are evaluated and recorded; a plan with breaches can be shown, never applied.
// Findings that only missing evidence keeps below approve are refused with what they need; if there
// is nothing else to do, the plan holds what would be done for them and is inspect-only.
Plan build(const domain::Snapshot& snapshot, const detect::Judgement& judgement,
           const policy::Policy& policy, const Options& options);

// The canonical bytes with the digest in them, and back. `parse` refuses (Errc::invalid) an unknown
// schema, a missing member and a digest that does not fit.
std::string to_text(const Plan& plan);
Result<Plan> parse(std::string_view text);
void seal(Plan& plan);

// "disable-app sp-em": how rule tests and summaries name an action.
std::string short_name(const Action& action);

}  // namespace clawback::plan
