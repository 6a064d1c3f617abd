#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lab/ids.hpp"
#include "lab/permissions.hpp"
#include "lab/random.hpp"
#include "lab/tenant.hpp"

namespace clawback::lab {

struct Publisher {
  std::string name{};
  std::string id{};
};

struct AppSpec {
  std::string app_id{};
  std::string display_name{};
  std::string owner_tenant{};
  Time created{};
  std::optional<Publisher> publisher{};  // nullopt: not verified
  std::vector<std::string> reply_urls{};
  std::optional<std::string> homepage{};
  std::string audience = "AzureADMultipleOrgs";
  bool user_consented = true;  // carries the tag that consent leaves
};
ServicePrincipal make_app(Random& random, const AppSpec& spec);

// Adds what a resource offers.
void offer(ServicePrincipal& resource, std::span<const PermissionRow> app_roles,
           std::span<const PermissionRow> scopes);
// The id of an app role that the resource offers; empty if it has none of that value.
std::string role_id_of(const ServicePrincipal& resource, std::string_view value);
// Adds an app role unless it is there.
void offer_role(ServicePrincipal& resource, std::string_view value, std::string_view id);

}  // namespace clawback::lab
