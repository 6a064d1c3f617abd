#include "report/parse_findings.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "report/parse_reader.hpp"

namespace clawback::report {
namespace {

template <class Value, std::size_t N>
std::optional<Value> named(std::string_view text, const std::array<Value, N>& all) {
  for (const Value value : all) {
    if (name_of(value) == text) return value;
  }
  return std::nullopt;
}

std::optional<domain::SignalState> signal_state_from(std::string_view text) {
  using enum domain::SignalState;
  return named(text, std::array{hit, miss, not_evaluable});
}
std::optional<domain::Existence> existence_from(std::string_view text) {
  using enum domain::Existence;
  return named(text, std::array{unknown, in_window, pre_existing});
}
std::optional<domain::CaseState> case_state_from(std::string_view text) {
  using enum domain::CaseState;
  return named(text, std::array{untracked, fresh, unchanged, changed});
}
std::optional<domain::SourceState> source_state_from(std::string_view text) {
  using enum domain::SourceState;
  return named(text, std::array{read, denied, partial, absent});
}
std::optional<domain::Ownership> ownership_from(std::string_view text) {
  if (text == "unknown") return domain::Ownership::unknown;
  if (text == "microsoft") return domain::Ownership::microsoft;
  if (text == "own-tenant") return domain::Ownership::own_tenant;
  if (text == "third-party") return domain::Ownership::third_party;
  return std::nullopt;
}
std::optional<domain::ConsentType> consent_from(std::string_view text) {
  if (text == "Principal") return domain::ConsentType::principal;
  if (text == "AllPrincipals") return domain::ConsentType::all_principals;
  return std::nullopt;
}

template <class Id>
std::optional<Id> optional_id(const std::optional<std::string>& text) {
  return text ? std::optional(Id(*text)) : std::nullopt;
}

domain::ServicePrincipal app_from(Reading& read, const json::value& value,
                                  domain::Ownership& ownership) {
  domain::ServicePrincipal out;
  out.app_id = domain::AppId(read.text(value, "appId"));
  out.id = domain::ServicePrincipalId(read.text(value, "servicePrincipalId"));
  out.display_name = read.text(value, "displayName");
  out.owner_tenant = optional_id<domain::TenantId>(string_at(value, "ownerTenantId"));
  out.account_enabled = bool_at(value, "accountEnabled");
  out.disabled_by_microsoft = string_at(value, "disabledByMicrosoft");
  out.created = read.time_if(value, "created");
  out.homepage = string_at(value, "homepage");
  if (array_at(value, "replyUrls") != nullptr) out.reply_urls = read.texts(value, "replyUrls");
  const json::value* publisher = member(value, "publisher");
  if (publisher != nullptr && publisher->is_object()) {
    out.verified_publisher =
        domain::VerifiedPublisher{.id = string_at(*publisher, "verifiedPublisherId"),
                                  .display_name = string_at(*publisher, "displayName")};
  }
  ownership = read.one_of(value, "ownership", ownership_from);
  return out;
}

domain::Grant grant_from(Reading& read, const json::value& value) {
  domain::Grant out;
  out.id = domain::GrantId(read.text(value, "id"));
  out.resource = domain::ServicePrincipalId(read.text(value, "resource"));
  out.consent = read.one_of(value, "consentType", consent_from);
  out.principal = optional_id<domain::UserId>(string_at(value, "principalId"));
  out.scopes = read.texts(value, "scopes");
  return out;
}

domain::AppRoleAssignment role_from(Reading& read, const json::value& value) {
  domain::AppRoleAssignment out;
  out.id = domain::AssignmentId(read.text(value, "id"));
  out.resource = domain::ServicePrincipalId(read.text(value, "resource"));
  out.value = string_at(value, "value");
  out.role_id = read.text(value, "roleId");
  out.created = read.time_if(value, "created");
  return out;
}

domain::User user_from(Reading& read, const json::value& value) {
  domain::User out;
  out.id = domain::UserId(read.text(value, "id"));
  out.user_principal_name = string_at(value, "userPrincipalName");
  out.display_name = string_at(value, "displayName");
  return out;
}

domain::SignalResult signal_from(Reading& read, const json::value& value) {
  domain::SignalResult out;
  out.id = read.text(value, "id");
  out.state = read.one_of(value, "state", signal_state_from);
  out.weight = read.small(value, "weight");
  out.against = read.flag(value, "against");
  out.reason = read.text(value, "reason");
  out.evidence = read.texts(value, "evidence");
  out.missing = string_at(value, "missing");
  return out;
}

domain::TimelineEntry entry_from(Reading& read, const json::value& value) {
  domain::TimelineEntry out;
  out.time = read.time(value, "time");
  out.event = read.text(value, "event");
  out.record = read.text(value, "record");
  // Findings that were kept before kinds were written have none.
  if (const auto kind = domain::timeline_kind_from(string_at(value, "kind").value_or(""))) {
    out.kind = *kind;
  }
  return out;
}

domain::GrantHistory history_from(Reading& read, const json::value& value) {
  domain::GrantHistory out;
  out.id = domain::GrantId(read.text(value, "id"));
  out.resource = domain::ServicePrincipalId(read.text(value, "resource"));
  out.consent = read.one_of(value, "consentType", consent_from);
  out.principal = optional_id<domain::UserId>(string_at(value, "principalId"));
  out.scopes = read.texts(value, "scopes");
  out.added_scopes = read.texts(value, "addedScopes");
  out.present = read.flag(value, "present");
  out.first_seen = read.time_if(value, "firstSeen");
  out.not_before = read.time_if(value, "notBefore");
  out.not_after = read.time_if(value, "notAfter");
  out.last_changed = read.time_if(value, "lastChanged");
  out.changed_after = read.time_if(value, "changedAfter");
  out.by = string_at(value, "by");
  out.from = string_at(value, "from");
  out.records = read.texts(value, "records");
  out.unknown = string_at(value, "unknown").value_or("");
  return out;
}

domain::BlastRadius blast_from(Reading& read, const json::value& value) {
  domain::BlastRadius out;
  out.known = read.flag(value, "known");
  out.unknown = string_at(value, "unknown").value_or("");
  out.mailboxes = read.texts(value, "mailboxes");
  out.items = read.size(value, "items");
  out.first_read = read.time_if(value, "firstRead");
  out.seconds_after_consent = int_at(value, "secondsAfterConsent");
  out.rules = read.texts(value, "rules");
  return out;
}

// Of one case, and so of one application.
void set_client(domain::Finding& finding) {
  for (domain::Grant& grant : finding.grants) grant.client = finding.app.id;
  for (domain::AppRoleAssignment& role : finding.app_roles) role.principal = finding.app.id;
  for (domain::GrantHistory& history : finding.history) history.client = finding.app.id;
}

domain::UserAnswer answer_from(Reading& read, const json::value& value) {
  domain::UserAnswer out;
  out.user = domain::UserId(string_at(value, "user").value_or(""));
  out.user_principal_name = string_at(value, "userPrincipalName").value_or("");
  out.says = read.one_of(value, "says", domain::says_from);
  out.channel = read.one_of(value, "channel", domain::channel_from);
  out.time = read.time(value, "time");
  out.by = read.text(value, "by");
  out.account = read.text(value, "account");
  out.note = string_at(value, "note").value_or("");
  out.last = read.flag(value, "last");
  return out;
}

domain::Finding finding_from(Reading& read, const json::value& value) {
  domain::Finding out;
  out.key = read.text(value, "key");
  out.verdict = read.one_of(value, "verdict", domain::verdict_from);
  out.score = read.small(value, "score");
  out.app = app_from(read, read.object(value, "app"), out.ownership);
  out.grants = read.list(value, "grants", grant_from);
  out.app_roles = read.list(value, "appRoles", role_from);
  out.users = read.list(value, "users", user_from);
  out.signals = read.list(value, "signals", signal_from);
  out.timeline = read.list(value, "timeline", entry_from);
  out.history = read.list(value, "history", history_from);
  out.blast = blast_from(read, read.object(value, "blastRadius"));
  const json::value& existence = read.object(value, "existence");
  out.existence = read.one_of(existence, "state", existence_from);
  out.existence_reason = read.text(existence, "reason");
  out.state = read.one_of(value, "state", case_state_from);
  out.case_since = read.time_if(value, "caseSince");
  out.rule = string_at(value, "rule");
  out.mode = read.one_of(value, "mode", domain::mode_from);
  out.mode_reason = string_at(value, "modeReason").value_or("");
  if (member(value, "needs") != nullptr) {
    out.mode_if_read = read.one_of(value, "modeIfRead", domain::mode_from);
    out.needs = read.texts(value, "needs");
  }
  out.exception = string_at(value, "exception");
  if (member(value, "answers") != nullptr) out.answers = read.list(value, "answers", answer_from);
  for (domain::UserAnswer& answer : out.answers) answer.case_key = out.key;
  set_client(out);
  return out;
}

domain::Source source_from(Reading& read, const json::value& value) {
  domain::Source out;
  out.name = read.text(value, "name");
  out.state = read.one_of(value, "state", source_state_from);
  out.records = read.size(value, "records");
  out.reason = string_at(value, "reason");
  return out;
}

Scan scan_from(Reading& read, const json::value& value) {
  Scan out;
  const json::value& tenant = read.object(value, "tenant");
  out.tenant = read.text(tenant, "id");
  out.tenant_name = read.text(tenant, "name");
  out.observed = read.time(value, "observed");
  out.catalog = read.text(value, "catalog");
  out.policy = read.text(value, "policy");
  const json::value& coverage = read.object(value, "coverage");
  out.coverage.complete = read.flag(coverage, "complete");
  out.coverage.sources = read.list(coverage, "sources", source_from);
  out.coverage.logs_since = read.time_if(coverage, "logsSince");
  out.missing = read.texts(coverage, "missing");
  return out;
}

template <class Part>
auto parsed(std::string_view text, Part part)
    -> Result<decltype(part(std::declval<Reading&>(), json::value()))> {
  const auto value = parse_json(text, {.bytes = finding_bytes_max});
  if (!value) return value.error();
  Reading read;
  auto out = part(read, *value);
  if (read.failed()) return *read.failed();
  return out;
}

}  // namespace

Result<domain::Finding> parse_finding(std::string_view text) { return parsed(text, finding_from); }

Result<Scan> parse_scan(std::string_view text) { return parsed(text, scan_from); }

}  // namespace clawback::report
