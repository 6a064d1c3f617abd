#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "lab/tenant.hpp"

namespace clawback::lab {

// A change of the tenant: an object as it is now, or that it is gone.
template <class T>
struct Gone {
  std::string id;
};
struct NewAuthorizationPolicy {
  json::value policy;
};
struct NewRequestPolicy {
  json::value policy;
};
// One Conditional Access policy as it is now, found by its id; `gone`: it is no more.
struct NewAccessPolicy {
  json::value policy;
  bool gone = false;
};
struct NewAudit {
  json::value record;
};
using Change = std::variant<Grant, Gone<Grant>, ServicePrincipal, Gone<ServicePrincipal>,
                            RoleAssignment, Gone<RoleAssignment>, User, NewAuthorizationPolicy,
                            NewRequestPolicy, NewAccessPolicy, NewAudit>;

// A tenant with indexes. Lists are sorted by id, so that paging can go on after an id.
class Directory {
 public:
  explicit Directory(Tenant tenant);
  Directory(const Directory& other) : Directory(other.tenant_) {}
  Directory& operator=(const Directory&) = delete;

  [[nodiscard]] const Tenant& tenant() const { return tenant_; }
  // Whoever changes the tenant directly calls `reindex` afterwards.
  [[nodiscard]] Tenant& open() { return tenant_; }
  void reindex();
  void apply(const Change& change);

  template <class T>
  using List = std::vector<const T*>;
  [[nodiscard]] const List<Grant>& grants_of_client(const std::string& id) const;
  [[nodiscard]] const List<Grant>& grants_of_user(const std::string& id) const;
  [[nodiscard]] const List<Grant>& grants_for_everyone() const { return for_everyone_; }
  [[nodiscard]] const List<Grant>& grants_for_users() const { return for_users_; }
  [[nodiscard]] const List<RoleAssignment>& roles_held_by(const std::string& id) const;
  [[nodiscard]] const List<RoleAssignment>& roles_assigned_to(const std::string& id) const;
  [[nodiscard]] const ServicePrincipal* app(const std::string& object_id) const;
  [[nodiscard]] const ServicePrincipal* app_by_app_id(std::string_view app_id) const;
  // By object id or user principal name.
  [[nodiscard]] const User* user(const std::string& id_or_name) const;
  [[nodiscard]] const Grant* grant(const std::string& id) const;
  [[nodiscard]] const RoleAssignment* role(const std::string& id) const;

 private:
  void insert(const Grant& grant);
  void remove(const Grant& grant);
  void insert(const RoleAssignment& role);
  void remove(const RoleAssignment& role);
  void insert(const ServicePrincipal& app);
  void remove(const ServicePrincipal& app);
  void insert(const User& user);
  void remove(const User& user);
  template <class T>
  void put(std::map<std::string, T>& all, const T& object);
  template <class T>
  void erase(std::map<std::string, T>& all, const std::string& id);

  Tenant tenant_;
  std::unordered_map<std::string, List<Grant>> by_client_;
  std::unordered_map<std::string, List<Grant>> by_user_;
  List<Grant> for_everyone_;
  List<Grant> for_users_;
  std::unordered_map<std::string, List<RoleAssignment>> held_by_;
  std::unordered_map<std::string, List<RoleAssignment>> assigned_to_;
  std::unordered_map<std::string, std::string> by_app_id_;
  std::unordered_map<std::string, std::string> by_name_;
};

}  // namespace clawback::lab
