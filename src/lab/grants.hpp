#pragma once

#include <span>
#include <string>
#include <string_view>

#include "lab/filter.hpp"
#include "lab/page.hpp"
#include "lab/tenant.hpp"

namespace clawback::lab {

// `select` empty: every property. v1.0 has neither startTime nor expiryTime.
void append_grant(std::string& out, const Grant& grant, std::span<const std::string_view> select);

struct GrantItems {
  std::span<const std::string_view> select;
  static bool match(const Filter& filter, const Grant& grant);
  static const std::string& key(const Grant& grant) { return grant.id; }
  void render(std::string& out, const Grant& grant) const { append_grant(out, grant, select); }
};

}  // namespace clawback::lab
