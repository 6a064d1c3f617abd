#pragma once

#include <string>
#include <string_view>

#include "domain/finding.hpp"
#include "journal/audit.hpp"

// What people were asked about their applications, and what they said: notes of the audit log, so
// that they are part of its chain.
namespace clawback::journal {

inline constexpr std::string_view asked_kind = "user-asked";
inline constexpr std::string_view answered_kind = "user-answered";

// A sheet was made for this person because of this case.
struct Asked {
  domain::TenantId tenant;
  std::string case_key;
  domain::AppId app;
  domain::UserId user;
  std::string user_principal_name;
  std::string account;  // who made the sheet
  friend bool operator==(const Asked&, const Asked&) = default;
};

AuditNote to_note(const Asked& asked, Time time);
AuditNote to_note(const domain::UserAnswer& answer, const domain::TenantId& tenant);

// Of a note of that kind. Errc::io: it was written by another version, or changed by hand.
Result<Asked> asked_from(const AuditNote& note);
Result<domain::UserAnswer> answer_from(const AuditNote& note);
// The tenant that a note of either kind is about.
std::string tenant_of(const AuditNote& note);

}  // namespace clawback::journal
