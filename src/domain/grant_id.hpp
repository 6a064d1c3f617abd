#pragma once

#include <optional>
#include <string_view>

#include "domain/entities.hpp"

// An oauth2PermissionGrant's id is base64url of GUID bytes in .NET's order: client, resource and,
// unless it is for everyone, principal. 32 bytes: AllPrincipals, 48: Principal. Source: records of
// 2021 and 2026 (not documented by Microsoft), so it fills gaps of a log and is never trusted
// alone.
namespace clawback::domain {

// Whose grant on what: there is at most one grant for each.
struct GrantKey {
  ServicePrincipalId client;
  ServicePrincipalId resource;
  std::optional<UserId> principal;  // nullopt: for everyone
  friend bool operator==(const GrantKey&, const GrantKey&) = default;
  friend auto operator<=>(const GrantKey&, const GrantKey&) = default;
};

GrantKey key_of(const Grant& grant);
// nullopt: not such an id. A consent of a new application has a client of zeros.
std::optional<GrantKey> decode_grant_id(std::string_view id);
// nullopt: one of the ids is no GUID (test scenarios).
std::optional<GrantId> encode_grant_id(const GrantKey& key);
bool is_zero_guid(std::string_view guid);

}  // namespace clawback::domain
