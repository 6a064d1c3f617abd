#include <algorithm>
#include <array>
#include <utility>

#include "policy/policy.hpp"

namespace clawback::policy {
namespace {

// As MITRE ATT&CK for Enterprise calls them: https://attack.mitre.org/techniques/
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> names = {{
    {"T1036.005", "Masquerading: Match Legitimate Resource Name or Location"},
    {"T1078.004", "Valid Accounts: Cloud Accounts"},
    {"T1098.001", "Account Manipulation: Additional Cloud Credentials"},
    {"T1098.003", "Account Manipulation: Additional Cloud Roles"},
    {"T1114.002", "Email Collection: Remote Email Collection"},
    {"T1199", "Trusted Relationship"},
    {"T1528", "Steal Application Access Token"},
    {"T1550.001", "Use Alternate Authentication Material: Application Access Token"},
    {"T1564.008", "Hide Artifacts: Email Hiding Rules"},
    {"T1566.002", "Phishing: Spearphishing Link"},
    {"T1585.003", "Establish Accounts: Cloud Accounts"},
    {"T1671", "Cloud Application Integration"},
}};

}  // namespace

std::string_view technique_name(std::string_view technique) {
  const auto* found = std::find_if(names.begin(), names.end(),
                                   [&](const auto& name) { return name.first == technique; });
  return found != names.end() ? found->second : std::string_view();
}

}  // namespace clawback::policy
