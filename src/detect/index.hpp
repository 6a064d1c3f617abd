#pragma once

#include <cstddef>
#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "domain/permissions.hpp"
#include "domain/snapshot.hpp"

namespace clawback::detect {

// A grant with what its scopes reach. Scopes on a resource that is known and has no mail reach
// nothing; on a resource that is not in the snapshot they count by their names.
struct HeldGrant {
  const domain::Grant* grant = nullptr;
  domain::MailReach reach;
  bool offline = false;  // offline_access
};

// Everything that the snapshot holds about one application, whether or not its service principal
// was read.
struct AppFacts {
  std::string_view id;  // of the service principal
  const domain::ServicePrincipal* app = nullptr;
  std::vector<HeldGrant> grants;                        // by id
  std::vector<const domain::AppRoleAssignment*> roles;  // by id
  std::vector<const domain::AuditEvent*> events;        // about its consent, by time and id
  std::vector<const domain::SignIn*> sign_ins;          // by time and id
};

// One pass over the snapshot, so that no signal ever scans it. Points into the snapshot: it must
// outlive this.
class Index {
 public:
  explicit Index(const domain::Snapshot& snapshot);
  [[nodiscard]] const std::vector<AppFacts>& apps() const { return apps_; }
  [[nodiscard]] const domain::ServicePrincipal* service_principal(std::string_view id) const;
  [[nodiscard]] const domain::User* user(std::string_view id) const;
  // Roles on a known resource without mail reach nothing, as with scopes. nullopt: which role it is
  // is unknown.
  [[nodiscard]] std::optional<domain::MailReach> reach(const domain::AppRoleAssignment& role) const;

 private:
  AppFacts& facts_of(std::string_view id);
  [[nodiscard]] bool may_hold_mail(const domain::ServicePrincipalId& resource) const;
  HeldGrant held(const domain::Grant& grant);
  void add_event(const domain::AuditEvent& event);
  void sort_all();

  std::vector<AppFacts> apps_;
  std::unordered_map<std::string_view, std::size_t> by_id_;      // service principal id -> apps_
  std::unordered_map<std::string_view, std::size_t> by_app_id_;  // app id -> apps_
  std::unordered_map<std::string_view, const domain::User*> users_;
  std::unordered_map<std::string_view, domain::MailReach> reach_of_scope_;
};

}  // namespace clawback::detect
