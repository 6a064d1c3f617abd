#include "detect/consent_values.hpp"

#include <algorithm>

#include "base/digest.hpp"

namespace clawback::detect {

std::optional<std::string> self_policy(std::string_view value) {
  const std::string lower = to_lower(value);
  if (!lower.starts_with(to_lower(self_prefix))) return std::nullopt;
  return lower.substr(self_prefix.size());
}

std::vector<std::string> self_policies(const std::vector<std::string>& values) {
  std::vector<std::string> out;
  for (const std::string& value : values) {
    if (auto id = self_policy(value)) out.push_back(std::move(*id));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool is_owned_resource(std::string_view value) {
  return to_lower(value).starts_with("managepermissiongrantsforownedresource.");
}

std::vector<std::string> strange_values(const std::vector<std::string>& values) {
  std::vector<std::string> out;
  for (const std::string& value : values) {
    if (!self_policy(value) && !is_owned_resource(value)) out.push_back(value);
  }
  return out;
}

}  // namespace clawback::detect
