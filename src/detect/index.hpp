#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "detect/happening.hpp"
#include "domain/memory.hpp"
#include "domain/permissions.hpp"
#include "domain/snapshot.hpp"

namespace clawback::detect {

// Of an address, in lower case; empty: it has none, or it is longer than a domain can be.
std::string domain_of(std::string_view address);

// A grant with what its scopes reach. Scopes on a resource that is known and has no mail reach
// nothing; on a resource that is not in the snapshot they count by their names.
struct HeldGrant {
  const domain::Grant* grant = nullptr;
  domain::MailReach reach;
  bool offline = false;  // offline_access
};

// Everything that the evidence holds about one application, whether its service principal was read
// or only the logs speak of it.
struct AppFacts {
  std::string_view id;  // of the service principal; empty if only the app id is known
  const domain::ServicePrincipal* app = nullptr;  // from the inventory, or what the logs tell of it
  domain::ServicePrincipal* from_log = nullptr;   // the same as `app` if it is from the logs
  bool in_inventory = false;
  std::vector<HeldGrant> grants;  // by id
  bool grants_from_log = false;   // one at least is put together from audit records
  std::vector<const domain::AppRoleAssignment*> roles;  // by id
  std::vector<const Happening*> events;                 // by time and id
  std::vector<const domain::SignIn*> sign_ins;          // by time and id
  std::vector<const domain::MailAccess*> accesses;      // of this client, by time and id
  const domain::AppActivity* activity = nullptr;
  std::vector<const domain::GrantHistory*> remembered;  // from the state database
};

// One pass over the snapshot, so that no signal ever scans it. Points into the snapshot and the
// memory: they must outlive this. Several threads may ask at once.
class Index {
 public:
  explicit Index(const domain::Snapshot& snapshot, const domain::Memory* memory = nullptr);
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  [[nodiscard]] const std::vector<AppFacts>& apps() const { return apps_; }
  [[nodiscard]] const domain::ServicePrincipal* service_principal(std::string_view id) const;
  [[nodiscard]] bool knows(std::string_view id) const { return by_id_.contains(id); }
  [[nodiscard]] const domain::User* user(std::string_view id) const;
  // By user principal name in lower case.
  [[nodiscard]] const domain::User* user_named(std::string_view name) const;
  // False for a resource that is known and has no mail.
  [[nodiscard]] bool may_hold_mail(const domain::ServicePrincipalId& resource) const;
  // Roles on a known resource without mail reach nothing, as with scopes. nullopt: which role it is
  // is unknown.
  [[nodiscard]] std::optional<domain::MailReach> reach(const domain::AppRoleAssignment& role) const;
  // All sign-ins of a user, by time and id.
  [[nodiscard]] const std::vector<const domain::SignIn*>& sign_ins_of(std::string_view user) const;
  // Where a user signs in from, by country.
  [[nodiscard]] std::vector<const domain::UserCountry*> countries_of(std::string_view user) const;
  // Inbox rules and forwarding of a user, by object id or by name in lower case.
  [[nodiscard]] std::vector<const domain::MailboxChange*> mailbox_changes_of(
      std::string_view user, std::string_view name) const;
  // Reads through EWS that do not name the application, of a mailbox: by object id or by name in
  // lower case.
  [[nodiscard]] std::vector<const domain::MailAccess*> hidden_reads_of(std::string_view user,
                                                                       std::string_view name) const;
  [[nodiscard]] bool has_hidden_reads() const { return !hidden_reads_.empty(); }
  // Domains of members' user principal names and of mailboxes in the logs, in lower case.
  [[nodiscard]] const std::set<std::string, std::less<>>& mail_domains() const;
  // Some sign-in has what only beta returns: then those of refresh tokens are there, too.
  [[nodiscard]] bool has_beta_sign_ins() const { return has_beta_sign_ins_; }
  // By time and id.
  [[nodiscard]] const std::vector<const Happening*>& policy_changes() const {
    return policy_changes_;
  }

 private:
  AppFacts& facts_of(std::string_view id);
  AppFacts* find_app(const Happening& about);
  AppFacts* app_by_app_id(const domain::AppId& app, const std::optional<std::string>& name);
  HeldGrant held(const domain::Grant& grant);
  void add_inventory(const domain::Snapshot& snapshot);
  void add_events(const domain::Snapshot& snapshot);
  void add_log_app(const Happening& about);
  void tell(AppFacts& facts, const std::string& app_id, const std::string& name);
  void add_uses(const domain::Snapshot& snapshot);
  void add_access(const domain::MailAccess& access);
  void add_memory(const domain::Memory& memory);
  void rebuild_grants(const domain::Snapshot& snapshot);
  void add_from_log(AppFacts& facts, domain::Grant grant);
  void sort_all();

  bool inventory_read_ = false;
  std::vector<AppFacts> apps_;
  std::deque<Happening> happenings_;
  std::deque<domain::ServicePrincipal> from_logs_;  // applications that only logs know
  std::deque<domain::Grant> rebuilt_;
  std::vector<const Happening*> policy_changes_;
  std::unordered_map<std::string_view, std::size_t> by_id_;      // service principal id -> apps_
  std::unordered_map<std::string_view, std::size_t> by_app_id_;  // app id -> apps_
  std::unordered_map<std::string_view, const domain::User*> users_;
  mutable std::unordered_map<std::string, const domain::User*> users_by_name_;  // made when asked
  std::unordered_map<std::string_view, std::vector<const domain::SignIn*>> sign_ins_by_user_;
  std::unordered_map<std::string_view, std::vector<const domain::UserCountry*>> countries_;
  std::unordered_map<std::string_view, std::vector<const domain::MailboxChange*>> changes_;
  std::unordered_map<std::string_view, std::vector<const domain::MailAccess*>> hidden_reads_;
  mutable std::set<std::string, std::less<>> mail_domains_;  // those of users when asked
  mutable std::once_flag names_made_;
  mutable std::once_flag domains_made_;
  bool has_beta_sign_ins_ = false;
  struct ScopeFacts {
    domain::MailReach reach;
    bool offline = false;
  };
  std::unordered_map<std::string_view, ScopeFacts> scopes_;  // each is looked up once
};

}  // namespace clawback::detect
