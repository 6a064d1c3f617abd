#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The values of permissionGrantPoliciesAssigned. Source: Microsoft's page on app consent policies,
// 2026-01-22. Prefixes are compared without case: audit records spell them with a capital.
namespace clawback::detect {

inline const std::string self_prefix = "managePermissionGrantsForSelf.";

// Ids of Microsoft's own policies. That of the mail-client policy is not among them: the page
// spells it two ways, so it is read from the tenant.
inline constexpr std::string_view policy_low = "microsoft-user-default-low";
inline constexpr std::string_view policy_managed = "microsoft-user-default-recommended";
inline constexpr std::string_view policy_legacy = "microsoft-user-default-legacy";
inline constexpr std::string_view policy_application_admin = "microsoft-application-admin";
inline constexpr std::string_view policy_company_admin = "microsoft-company-admin";

// The policy's id in lower case, if the value is about what users give away by themselves.
std::optional<std::string> self_policy(std::string_view value);
// The same of a whole list: sorted, each once.
std::vector<std::string> self_policies(const std::vector<std::string>& values);
// Whether it is about what owners of teams and chats give away.
bool is_owned_resource(std::string_view value);
// The values that are about neither: what they allow is not known here.
std::vector<std::string> strange_values(const std::vector<std::string>& values);

}  // namespace clawback::detect
