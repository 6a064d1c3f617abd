#pragma once

#include <string>

#include "lab/filter.hpp"
#include "lab/page.hpp"
#include "lab/tenant.hpp"

namespace clawback::lab {

void append_role(std::string& out, const Tenant& tenant, const RoleAssignment& role,
                 std::span<const std::string_view> select);

struct RoleItems {
  const Tenant& tenant;
  std::span<const std::string_view> select;
  static const std::string& key(const RoleAssignment& role) { return role.id; }
  static bool match(const Filter& filter, const RoleAssignment& role);
  void render(std::string& out, const RoleAssignment& role) const {
    append_role(out, tenant, role, select);
  }
};

}  // namespace clawback::lab
