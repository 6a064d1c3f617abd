#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "domain/permissions.hpp"
#include "evidence/collection.hpp"

namespace clawback::evidence {
namespace {

// The role id that stands for "assigned, without any role".
constexpr std::string_view default_access = "00000000-0000-0000-0000-000000000000";

bool is_target(const domain::AuditEvent& event, const std::set<domain::AppId>& apps,
               const std::set<std::string>& principals) {
  if (event.app_id && apps.contains(*event.app_id)) return true;
  return std::any_of(
      event.targets.begin(), event.targets.end(),
      [&](const domain::AuditTarget& target) { return principals.contains(target.id); });
}

}  // namespace

std::vector<domain::AppId> mail_reaching_apps(const domain::Snapshot& snapshot) {
  // The same few scopes come in every grant.
  std::unordered_map<std::string_view, bool> known;
  const auto reaches_mail = [&](std::string_view scope) {
    const auto [found, added] = known.try_emplace(scope, false);
    if (added) found->second = domain::mail_reach_of_scope(scope).any();
    return found->second;
  };
  std::set<domain::ServicePrincipalId> mail_apis;
  for (const domain::ServicePrincipal& one : snapshot.service_principals) {
    if (domain::is_resource_api(one.app_id)) mail_apis.insert(one.id);
  }
  std::set<domain::ServicePrincipalId> holders;
  for (const domain::Grant& grant : snapshot.grants) {
    const bool reaches = std::any_of(grant.scopes.begin(), grant.scopes.end(), reaches_mail);
    if (reaches && mail_apis.contains(grant.resource)) holders.insert(grant.client);
  }
  for (const domain::AppRoleAssignment& role : snapshot.app_roles) {
    // A role whose name is unknown may reach mail.
    const bool reaches = role.value ? domain::mail_reach_of_app_role(*role.value).any()
                                    : role.role_id != default_access;
    if (reaches) holders.insert(role.principal);
  }
  std::set<domain::AppId> apps;
  for (const domain::ServicePrincipal& one : snapshot.service_principals) {
    const auto owner = domain::ownership_of(one, snapshot.tenant);
    const bool others =
        owner == domain::Ownership::third_party || owner == domain::Ownership::unknown;
    if (others && holders.contains(one.id)) apps.insert(one.app_id);
  }
  return {apps.begin(), apps.end()};
}

std::vector<domain::UserId> consenting_users(const domain::Snapshot& snapshot,
                                             const std::vector<domain::AppId>& apps) {
  const std::set<domain::AppId> wanted(apps.begin(), apps.end());
  std::set<std::string> principals;
  for (const domain::ServicePrincipal& one : snapshot.service_principals) {
    if (wanted.contains(one.app_id)) principals.insert(one.id.str());
  }
  struct Rank {
    bool concerned = false;
    Time latest;
  };
  std::map<domain::UserId, Rank> ranks;
  for (const domain::AuditEvent& event : snapshot.audits) {
    if (!event.actor_user || event.activity != "Consent to application") continue;
    Rank& rank = ranks[*event.actor_user];
    rank.concerned = rank.concerned || is_target(event, wanted, principals);
    rank.latest = std::max(rank.latest, event.time);
  }
  std::vector<std::pair<domain::UserId, Rank>> order(ranks.begin(), ranks.end());
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    if (a.second.concerned != b.second.concerned) return a.second.concerned;
    if (a.second.latest != b.second.latest) return a.second.latest > b.second.latest;
    return a.first < b.first;
  });
  std::vector<domain::UserId> out;
  out.reserve(order.size());
  for (const auto& [user, rank] : order) out.push_back(user);
  return out;
}

}  // namespace clawback::evidence
