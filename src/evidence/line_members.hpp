#pragma once

#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace clawback::evidence {

// Members that decide what a record is, or that are read from the bytes of one that is left out.
enum class Member : std::uint8_t {
  none,             // of no interest
  several_records,  // of a page or an evidence document
  other_kind,       // with it the record may be something else than an audit or sign-in
  id,
  activity,       // activityDisplayName
  activity_time,  // activityDateTime
  app_id,
  app_owner,  // appOwnerTenantId
  user_id,
  created,     // createdDateTime
  location,    // holds country
  status,      // holds error_code
  country,     // countryOrRegion
  error_code,  // errorCode
};
inline constexpr std::size_t member_kinds = 14;

struct Named {
  std::string_view key;
  Member member;
};

// Ordered by length. Those of evidence documents are here because such a document on a line of its
// own is no record.
inline constexpr std::array named = {
    Named{"id", Member::id},
    Named{"appId", Member::app_id},
    Named{"value", Member::several_records},
    Named{"users", Member::several_records},
    Named{"userId", Member::user_id},
    Named{"status", Member::status},
    Named{"schema", Member::several_records},
    Named{"signIns", Member::several_records},
    Named{"records", Member::several_records},
    Named{"location", Member::location},
    Named{"clientId", Member::other_kind},
    Named{"appRoleId", Member::other_kind},
    Named{"Operation", Member::other_kind},
    Named{"AuditData", Member::other_kind},
    Named{"auditData", Member::other_kind},
    Named{"properties", Member::other_kind},
    Named{"TimeGenerated", Member::other_kind},
    Named{"mailboxChanges", Member::several_records},
    Named{"createdDateTime", Member::created},
    Named{"directoryAudits", Member::several_records},
    Named{"activityDateTime", Member::activity_time},
    Named{"appOwnerTenantId", Member::app_owner},
    Named{"servicePrincipals", Member::several_records},
    Named{"mailItemsAccessed", Member::several_records},
    Named{"appRoleAssignments", Member::several_records},
    Named{"organizationConfig", Member::several_records},
    Named{"activityDisplayName", Member::activity},
    Named{"authorizationPolicy", Member::several_records},
    Named{"oauth2PermissionGrants", Member::several_records},
    Named{"permissionGrantPolicies", Member::several_records},
    Named{"servicePrincipalSignInActivities", Member::several_records},
};
inline constexpr std::string_view country_key = "countryOrRegion";  // of location
inline constexpr std::string_view error_code_key = "errorCode";     // of status
inline constexpr std::size_t key_size_max = named.back().key.size();

// One bit for each hash of how a name ends: its last three bytes.
inline constexpr std::size_t endings = 1024;

constexpr std::size_t ending(const char* quote) {
  const auto byte = [&](int at) { return static_cast<std::uint32_t>(quote[at]) & 0xFFU; };
  const std::uint32_t bytes = byte(-3) << 16U | byte(-2) << 8U | byte(-1);
  return bytes * 0x9E3779B1U >> 22U;
}

inline constexpr auto named_endings = [] {
  std::array<bool, endings> out{};
  const auto put = [&out](std::string_view key) {
    const char text[] = {key.size() < 3 ? '"' : key[key.size() - 3], key[key.size() - 2],
                         key[key.size() - 1]};
    out[ending(std::end(text))] = true;
  };
  for (const Named& one : named) put(one.key);
  put(country_key);
  put(error_code_key);
  return out;
}();

// False: no name that is known ends like the key whose closing quotation mark this is. Four bytes
// before it can be read.
inline bool may_be_named(const char* quote) { return named_endings[ending(quote)]; }

Member member_named(std::string_view key);                    // of the outermost object
Member member_named_in(Member parent, std::string_view key);  // of location or status

// A string as it stands in the text that begins with it, without its quotes. nullopt: not a string,
// or a backslash or a control character is in it.
std::optional<std::string_view> plain_string(std::string_view text);

// Spelled as the parser keeps it: no dashes to be unified, no blanks before it.
bool is_plain_activity(std::string_view activity);

// Whether the number that `text` begins with is 0; nullopt: it is not a plain one.
std::optional<bool> is_zero(std::string_view text);

// As parse_time, quick for the usual spelling "2026-11-23T03:04:09Z", with decimals or without.
class TimeReader {
 public:
  std::optional<Time> read(std::string_view text);

 private:
  char date_[10] = {};  // the date that was read last…
  Time day_;            // …and when it began
};

}  // namespace clawback::evidence
