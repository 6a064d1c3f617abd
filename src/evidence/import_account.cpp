#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"
#include "domain/permissions.hpp"
#include "evidence/document.hpp"
#include "evidence/import.hpp"
#include "evidence/mail_access.hpp"

namespace clawback::evidence {
namespace {

std::size_t count(const domain::Snapshot& snapshot, Kind kind) {
  switch (kind) {
    case Kind::service_principal:
      return snapshot.service_principals.size();
    case Kind::grant:
      return snapshot.grants.size();
    case Kind::app_role:
      return snapshot.app_roles.size();
    case Kind::user:
      return snapshot.users.size();
    case Kind::audit:
      return snapshot.audits.size();
    case Kind::sign_in:
      return snapshot.sign_ins.size();
    case Kind::authorization_policy:
      return snapshot.authorization_policy ? 1 : 0;
    case Kind::permission_grant_policy:
      return snapshot.permission_grant_policies.size();
    case Kind::mail_access:
      return snapshot.mail_accesses.size();
    case Kind::mailbox_change:
      return snapshot.mailbox_changes.size();
    case Kind::app_activity:
      return snapshot.app_activities.size();
    case Kind::organization_config:
      return snapshot.organization_config ? 1 : 0;
    case Kind::admin_consent_request_policy:
      return snapshot.admin_consent_request_policy ? 1 : 0;
    case Kind::conditional_access_policy:
      return snapshot.conditional_access_policies.size();
  }
  return 0;
}

}  // namespace

void Import::refuse(std::uint32_t line, std::optional<Kind> kind, const std::string& why) {
  const std::string message = "a record was left out: " + why;
  if (++refused_ <= warnings_per_file_max) {
    warnings_.push_back({.message = message, .position = {.file = file_, .line = line}});
  }
  if (!kind) {
    if (refused_unknown_++ == 0) first_refused_unknown_ = why;
    return;
  }
  Account& one = account(*kind);
  one.met = true;
  if (one.unusable++ == 0) one.first_unusable = why;
}

// As `count` records after those that were refused one by one.
void Import::refuse_more(std::optional<Kind> kind, std::size_t count) {
  if (count == 0) return;
  refused_ += count;
  if (!kind) {
    refused_unknown_ += count;
    return;
  }
  Account& one = account(*kind);
  one.met = true;
  one.unusable += count;
}

// A record of which nothing is known may have been one of any kind that the file holds.
void Import::close_file() {
  if (refused_ > warnings_per_file_max) {
    warnings_.push_back(
        {.message = fmt::format("{} more records were left out", refused_ - warnings_per_file_max),
         .position = {.file = file_}});
  }
  if (of_no_user_ > 0) {
    warnings_.push_back(
        {.message = fmt::format("{} sign-ins of no user (service principals, managed identities) "
                                "or of no application were passed over",
                                of_no_user_),
         .position = {.file = file_}});
  }
  if (trailing_) {
    warnings_.push_back({.message = "other bytes follow the gzip data: they were not read, and "
                                    "records may be missing",
                         .position = {.file = file_}});
    for (const Kind kind : kinds_) account(kind).damaged = true;
  }
  if (refused_unknown_ == 0) return;
  for (const Kind kind : kinds_) {
    Account& one = account(kind);
    if (one.unusable == 0) one.first_unusable = first_refused_unknown_;
    one.unusable += refused_unknown_;
  }
}

domain::Source Import::account_of(Kind kind) const {
  const Account& one = accounts_[static_cast<std::size_t>(kind)];
  domain::Source source{.name = std::string(source_of(kind)),
                        .state = domain::SourceState::read,
                        .records = 0,
                        .reason = std::nullopt};
  if (!one.met) {
    source.state = domain::SourceState::absent;
    source.reason = "not in the files";
  } else if (one.unusable > 0) {
    source.state = domain::SourceState::partial;
    source.reason = fmt::format("{} records are unusable: {}", one.unusable, one.first_unusable);
  } else if (one.damaged) {
    source.state = domain::SourceState::partial;
    source.reason = "a file of it is damaged: other bytes follow the gzip data";
  } else if (one.pages_with_link > 0 && one.last_pages == 0) {
    source.state = domain::SourceState::partial;
    source.reason = "the last page is not in the files: each links to a further one";
  } else if (std::find(overflowing_.begin(), overflowing_.end(), source.name) !=
             overflowing_.end()) {
    source.state = domain::SourceState::partial;
    source.reason = "more records concern a case than are kept: read a shorter time";
  }
  return source;
}

// What the directory says of an application's owner may come after the sign-ins to it.
void Import::put_kept() {
  domain::Snapshot kept;
  overflowing_ = keeper_.put_into(kept);
  std::set<domain::AppId> microsoft;
  for (const auto& one : snapshot_.service_principals) {
    if (one.owner_tenant && domain::is_microsoft_tenant(*one.owner_tenant)) {
      microsoft.insert(one.app_id);
    }
  }
  std::erase_if(kept.sign_ins, [&](const auto& one) { return microsoft.contains(one.app_id); });
  append(snapshot_, kept);
}

FromFiles Import::finish() {
  put_kept();
  snapshot_.mail_accesses = merge_mail_accesses(std::move(snapshot_.mail_accesses));
  domain::normalise(snapshot_);
  name_app_roles(snapshot_);
  snapshot_.coverage = documents_;
  if (!snapshot_.coverage.logs_since) {
    snapshot_.coverage.logs_since = account(Kind::audit).met ? earliest_.audits : earliest_.any;
  }
  for (const Kind kind : all_kinds) {
    const domain::Source files = account_of(kind);
    const domain::Source* document = domain::find(documents_, source_of(kind));
    domain::Source both = document != nullptr ? unite(files, *document) : files;
    const bool counted_by_document = document != nullptr && both == *document;
    if (!counted_by_document) both.records = count(snapshot_, kind);
    if (is_on_demand(kind) && both.state == domain::SourceState::absent) continue;
    domain::record(snapshot_.coverage, std::move(both));
  }
  return {.snapshot = std::move(snapshot_), .warnings = std::move(warnings_)};
}

Error Import::none_of_these(std::uint32_t line) const {
  return Error{
      .code = Errc::invalid,
      .message = printable(file_) + ": not evidence that clawback can read",
      .hint =
          "it takes JSON of Microsoft Graph, of the Unified Audit Log or of Log Analytics (a list, "
          "a "
          "page, one object per line), the CSV of Purview or of Log Analytics, or what `clawback "
          "collect` wrote",
      .position = Position{.file = file_, .line = line, .column = 1},
      .details = {}};
}

Error Import::at(Error error, const Slice& slice) const {
  Position position = error.position.value_or(Position{.file = {}, .line = 1, .column = 1});
  position.file = file_;
  position.line += slice.line - 1;
  error.position = position;
  return within(printable(file_), std::move(error));
}

}  // namespace clawback::evidence
