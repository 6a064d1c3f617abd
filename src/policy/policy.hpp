#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/finding.hpp"

namespace clawback::policy {

enum class Disposition : std::uint8_t {
  alert,
  review,
  baseline,
  baseline_with_mismatch_check,
  learn_at_runtime,
  do_not_use
};
enum class Confidence : std::uint8_t { none, low, medium, high };
std::string_view name_of(Confidence confidence);  // "medium", as files spell it

// What an entry with `overrides` took the place of.
struct Overridden {
  std::string name;  // the first
  Disposition disposition = Disposition::review;
  Confidence confidence = Confidence::none;
  Position position;
};

// One application that is known, from policies/catalog/*.toml. Facts with their sources.
struct CatalogEntry {
  std::vector<std::string> names;
  std::optional<domain::AppId> app_id;  // nullopt: not verified; then it is known by name only
  std::string kind;                     // "abused_mail_client", "benign_mail_client"…
  Disposition disposition = Disposition::review;
  Confidence confidence = Confidence::none;
  std::optional<domain::TenantId> owner_tenant;
  std::string why;
  std::vector<std::string> sources;
  std::vector<std::string> conflicts;  // open contradictions between sources: guard G4
  std::vector<std::string> notes;      // contradictions that were settled, and other remarks
  std::string reviewed;                // date of the last review, "2026-11-23"
  // What the genuine client shows of itself, for D18: substrings, compared without regard to case.
  // Empty: no source says, so nothing can be concluded.
  std::vector<std::string> user_agents;   // of sign-ins, "Thunderbird/"
  std::vector<std::string> client_infos;  // ClientInfoString of MailItemsAccessed
  std::vector<std::string> protocols;     // "IMAP", "SMTP", "EWS": clientAppUsed, Protocol=
  // Why an organisation's own entry takes the place of an earlier file's. Empty: it does not.
  std::string overrides;
  std::vector<Overridden> overridden;
  Position position;
};

// What Microsoft's managed consent policy does, as its page says: for D24. The live policy of a
// tenant counts for more. Scope names are as published; whom it exempts may be let in by any user.
struct ManagedConsent {
  std::vector<domain::AppId> exempt_apps;            // sorted
  std::vector<std::string> blocked_scopes;           // of Microsoft Graph, sorted
  std::vector<std::string> blocked_exchange_scopes;  // of Office 365 Exchange Online, sorted
  std::string as_of;                                 // date of the page, "2026-01-22"
  std::vector<std::string> sources;
};

struct Catalog {
  std::vector<CatalogEntry> entries;              // sorted by app id, then first name
  std::vector<domain::AppId> microsoft_apps;      // never to be touched
  std::vector<std::string> protected_names;       // of Microsoft's products, sorted: D03
  std::map<std::int64_t, std::string> hosting;    // AS number of a hosting network, its name: D17
  std::optional<ManagedConsent> managed_consent;  // nullopt: no catalog file says
  std::string digest;                             // sha256 text over the files
};
const CatalogEntry* find(const Catalog& catalog, const domain::AppId& app);
bool is_microsoft_app(const Catalog& catalog, const domain::AppId& app);
// Guard G4: what such an entry says can never raise a verdict above watch.
bool is_weak(const CatalogEntry& entry);

struct Limits {  // nullopt: the plan-wide limit; 0 is zero
  std::optional<std::int64_t> max_apps;
  std::optional<std::int64_t> max_users;
  std::optional<std::int64_t> max_actions;
};

struct Match {  // all that are given must hold; ids decide, names never do
  std::vector<std::string> signals_any;
  std::vector<std::string> signals_all;
  std::vector<domain::AppId> app_ids;
  std::vector<std::string> scopes_any;
  std::optional<Duration> first_seen_within;
  bool unverified_publisher = false;  // true: only apps whose publisher Microsoft did not verify
};

struct RuleTest {
  std::string name;
  std::string given;              // path relative to the rule's file
  std::vector<std::string> plan;  // "revoke-grant g-ada": kind and target id, in order
  // Ids of the service principals whose finding this rule decides. A rule that only reports plans
  // nothing, and is tested by this; for other rules it may be left out.
  std::optional<std::vector<std::string>> findings;
  Position position;
};

struct Rule {
  std::string id;
  std::string why;
  std::string gaps;
  domain::Mode mode = domain::Mode::report;
  domain::Verdict verdict = domain::Verdict::alert;
  std::vector<domain::ActionKind> actions;  // in the fixed order
  Match match;
  std::int64_t quorum = 1;
  Duration approval_expires = std::chrono::hours(4);
  Limits limits;
  std::vector<RuleTest> tests;
  Position position;
};

struct Exception {
  domain::AppId app_id;
  std::vector<domain::UserId> users;   // empty: everyone. Object ids or user principal names
  std::vector<std::string> scopes;     // ceiling; empty: no mail scope at all is accepted
  std::vector<std::string> app_roles;  // the same for application permissions
  std::string reason;
  std::string owner;
  Time expires;  // first moment at which it no longer holds
  Position position;
};

// What `restrict-consent` and `require-admin-consent` would set.
enum class UserConsent : std::uint8_t { keep, none, low, managed };

struct Consent {
  UserConsent user_consent = UserConsent::keep;
  bool enable_admin_consent_requests = false;  // false: keep
  std::vector<domain::UserId> reviewers;
};

// What `require-managed-client` would set.
struct ManagedClient {
  bool enforce = false;                     // false: report-only
  std::vector<domain::UserId> break_glass;  // accounts that it never shuts out
};

struct Policy {
  std::string id;
  std::string description;
  std::map<std::string, int> weights;  // complete: defaults are filled in
  int watch_at = 40;                   // score from which a finding is `watch`
  int alert_at = 80;
  std::int64_t max_apps = 5;
  std::int64_t max_users = 100;
  std::int64_t max_actions = 1000;
  std::int64_t break_glass_per_day = 1;  // approvals by one person in 24 hours; 0: never
  Catalog catalog;
  Consent consent;
  ManagedClient managed_client;
  std::vector<domain::UserId> protected_users;  // object ids: accounts that are never disabled
  std::vector<domain::AppId> block;  // tombstones for apps that the tenant has never seen
  std::vector<Rule> rules;           // sorted by id
  std::vector<Exception> exceptions;
  std::string digest;  // sha256 text over policy.toml, rules and exceptions
};

// A file that was read by the caller: this module opens none.
struct File {
  std::string path;  // for messages; the rule's id is its file name
  std::string text;
};

struct Files {
  File policy;
  std::vector<File> rules;
  std::optional<File> exceptions;
  std::vector<File> catalogs;
};

// The catalog paths that policy.toml names, relative to it, so that the caller can read them, and
// where it names them.
struct CatalogPaths {
  std::vector<std::string> paths;
  Position position;
};
Result<CatalogPaths> catalog_files(const File& policy);

// Errc::invalid with file, line and column for everything that is wrong, including unknown keys,
// signal ids that do not exist, a rule without a test that plans and one that does not, an
// exception without owner, reason or end, a catalog entry with Microsoft's app id or without a
// source.
Result<Policy> parse(const Files& files);
Result<Catalog> parse_catalog(const std::vector<File>& files);

// All that is wrong in the files, and what is not wrong but deserves a look: reviews that are older
// than a year at `now`, names that two app ids share, overrides of nothing. Each with its place.
struct CatalogCheck {
  std::vector<Error> problems;
  std::vector<Error> notes;
  Catalog catalog;  // what could be read; to be used only without problems
};
CatalogCheck check_catalog(const std::vector<File>& files, Time now);

// One signal: what `policy show --rules` and docs/reference/signals.md print of it. Source of the
// ids: the rules D01 to D25; of `technique`: MITRE ATT&CK.
struct SignalInfo {
  std::string_view id;
  std::string_view name;
  std::string_view looks_at;
  std::string_view why;
  std::string_view technique;  // "T1528"
  std::string_view false_positives;
  int weight;                           // default, for a full hit
  std::vector<std::string_view> needs;  // names of domain::source without which it can't hit
  bool stands_alone;  // false: counts only beside one that does; no finding by itself
  std::vector<std::string_view> helps = {};  // sources that make it see more
};
const std::vector<SignalInfo>& signals();
const SignalInfo* find_signal(std::string_view id);
// "Steal Application Access Token": its name at MITRE, empty if the id is not one of ours.
std::string_view technique_name(std::string_view technique);

// What holds before and after any score.
struct GuardInfo {
  std::string_view id;  // "G1"
  std::string_view name;
  std::string_view does;
  std::string_view why;
};
const std::vector<GuardInfo>& guards();

}  // namespace clawback::policy
