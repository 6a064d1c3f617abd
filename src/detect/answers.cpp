#include "detect/answers.hpp"

#include <algorithm>
#include <ranges>
#include <set>
#include <utility>

#include "base/digest.hpp"

namespace clawback::detect {

std::string case_key(const domain::TenantId& tenant, const domain::AppId& app) {
  return sha256_text(tenant.str() + "\napp " + app.str());
}

std::string case_key(const Case& subject) {
  const auto& tenant = subject.context.snapshot.tenant;
  const auto* app = subject.facts.app;
  if (app != nullptr && !app->app_id.empty()) return case_key(tenant, app->app_id);
  // Without its service principal an application is only known by that object's id.
  return sha256_text(tenant.str() + "\nservicePrincipal " + std::string(subject.facts.id));
}

std::vector<domain::UserAnswer> answers_of(const Case& subject) {
  const auto* memory = subject.context.memory;
  if (memory == nullptr || memory->answers.empty()) return {};
  const std::string key = case_key(subject);
  std::vector<domain::UserAnswer> out;
  for (const domain::UserAnswer& answer : memory->answers) {
    if (answer.case_key == key) out.push_back(answer);
  }
  std::set<std::string> heard;
  for (domain::UserAnswer& answer : out | std::views::reverse) {
    const std::string name = to_lower(answer.user_principal_name);
    if (answer.user.empty()) {
      if (const auto* user = subject.context.index.user_named(name)) answer.user = user->id;
    }
    answer.last = heard.insert(answer.user.empty() ? name : to_lower(answer.user.str())).second;
  }
  return out;
}

std::string who(const domain::UserAnswer& answer) {
  return answer.user_principal_name.empty() ? answer.user.str() : answer.user_principal_name;
}

}  // namespace clawback::detect
