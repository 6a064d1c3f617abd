#pragma once

#include <span>
#include <string_view>

namespace clawback::lab {

struct PermissionRow {
  std::string_view value{};  // e.g. "Mail.Read"
  std::string_view id{};     // GUID
};

// What Microsoft's own resources offer: application permissions and delegated scopes.
std::span<const PermissionRow> graph_app_roles();
std::span<const PermissionRow> graph_delegated_scopes();
std::span<const PermissionRow> exchange_app_roles();
std::span<const PermissionRow> exchange_delegated_scopes();
std::span<const PermissionRow> legacy_app_roles();  // Azure AD Graph
std::span<const PermissionRow> legacy_delegated_scopes();
std::span<const PermissionRow> management_app_roles();  // Office 365 Management APIs

}  // namespace clawback::lab
