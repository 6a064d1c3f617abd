#include "lab/directory.hpp"

#include <algorithm>

#include "base/digest.hpp"

namespace clawback::lab {
namespace {

constexpr auto id_of = [](const auto* object) -> const std::string& { return object->id; };

template <class T>
void put_sorted(std::vector<const T*>& list, const T& object) {
  if (list.empty() || list.back()->id < object.id) {
    list.push_back(&object);
    return;
  }
  const auto at = std::ranges::lower_bound(list, object.id, {}, id_of);
  if (at == list.end() || *at != &object) list.insert(at, &object);
}

template <class T>
void take_out(std::vector<const T*>& list, const T& object) {
  const auto at = std::ranges::lower_bound(list, object.id, {}, id_of);
  if (at != list.end() && *at == &object) list.erase(at);
}

template <class Map>
const auto& listed(const Map& map, const std::string& id) {
  static const typename Map::mapped_type none;
  const auto found = map.find(id);
  return found == map.end() ? none : found->second;
}

template <class T>
const T* found_in(const std::map<std::string, T>& all, const std::string& id) {
  const auto found = all.find(id);
  return found == all.end() ? nullptr : &found->second;
}

}  // namespace

Directory::Directory(Tenant tenant) : tenant_(std::move(tenant)) { reindex(); }

void Directory::reindex() {
  by_client_.clear();
  by_user_.clear();
  for_everyone_.clear();
  for_users_.clear();
  held_by_.clear();
  assigned_to_.clear();
  by_app_id_.clear();
  by_name_.clear();
  for (const auto& [id, object] : tenant_.grants) insert(object);
  for (const auto& [id, object] : tenant_.role_assignments) insert(object);
  for (const auto& [id, object] : tenant_.service_principals) insert(object);
  for (const auto& [id, object] : tenant_.users) insert(object);
}

void Directory::insert(const Grant& grant) {
  put_sorted(by_client_[grant.client_id], grant);
  if (grant.principal_id.empty()) {
    put_sorted(for_everyone_, grant);
  } else {
    put_sorted(by_user_[grant.principal_id], grant);
    put_sorted(for_users_, grant);
  }
}

void Directory::remove(const Grant& grant) {
  take_out(by_client_[grant.client_id], grant);
  take_out(by_user_[grant.principal_id], grant);
  take_out(for_everyone_, grant);
  take_out(for_users_, grant);
}

void Directory::insert(const RoleAssignment& role) {
  put_sorted(held_by_[role.principal_id], role);
  put_sorted(assigned_to_[role.resource_id], role);
}

void Directory::remove(const RoleAssignment& role) {
  take_out(held_by_[role.principal_id], role);
  take_out(assigned_to_[role.resource_id], role);
}

void Directory::insert(const ServicePrincipal& app) { by_app_id_[to_lower(app.app_id)] = app.id; }
void Directory::remove(const ServicePrincipal& app) { by_app_id_.erase(to_lower(app.app_id)); }
void Directory::insert(const User& user) { by_name_[to_lower(user.user_principal_name)] = user.id; }
void Directory::remove(const User& user) { by_name_.erase(to_lower(user.user_principal_name)); }

template <class T>
void Directory::put(std::map<std::string, T>& all, const T& object) {
  if (const auto found = all.find(object.id); found != all.end()) {
    remove(found->second);
    found->second = object;
    insert(found->second);
  } else {
    insert(all.emplace(object.id, object).first->second);
  }
}

template <class T>
void Directory::erase(std::map<std::string, T>& all, const std::string& id) {
  const auto found = all.find(id);
  if (found == all.end()) return;
  remove(found->second);
  all.erase(found);
}

void Directory::apply(const Change& change) {
  std::visit(
      overloaded{
          [this](const Grant& object) { put(tenant_.grants, object); },
          [this](const Gone<Grant>& gone) { erase(tenant_.grants, gone.id); },
          [this](const ServicePrincipal& object) { put(tenant_.service_principals, object); },
          [this](const Gone<ServicePrincipal>& gone) {
            erase(tenant_.service_principals, gone.id);
          },
          [this](const RoleAssignment& object) { put(tenant_.role_assignments, object); },
          [this](const Gone<RoleAssignment>& gone) { erase(tenant_.role_assignments, gone.id); },
          [this](const User& object) { put(tenant_.users, object); },
          [this](const NewAuthorizationPolicy& next) {
            tenant_.authorization_policy = next.policy;
          },
          [this](const NewRequestPolicy& next) {
            tenant_.admin_consent_request_policy = next.policy;
          },
          [this](const NewAccessPolicy& next) {
            const auto id = string_at(next.policy, "id");
            auto& all = tenant_.conditional_access_policies;
            const auto found = std::ranges::find_if(
                all, [&](const json::value& one) { return string_at(one, "id") == id; });
            if (next.gone) {
              if (found != all.end()) all.erase(found);
            } else if (found != all.end()) {
              *found = next.policy;
            } else {
              all.push_back(next.policy);
            }
          },
          [this](const NewAudit& next) {
            tenant_.directory_audits.insert(tenant_.directory_audits.begin(), next.record);
          },
      },
      change);
}

const Directory::List<Grant>& Directory::grants_of_client(const std::string& id) const {
  return listed(by_client_, id);
}
const Directory::List<Grant>& Directory::grants_of_user(const std::string& id) const {
  return listed(by_user_, id);
}
const Directory::List<RoleAssignment>& Directory::roles_held_by(const std::string& id) const {
  return listed(held_by_, id);
}
const Directory::List<RoleAssignment>& Directory::roles_assigned_to(const std::string& id) const {
  return listed(assigned_to_, id);
}

const ServicePrincipal* Directory::app(const std::string& object_id) const {
  return found_in(tenant_.service_principals, object_id);
}

const ServicePrincipal* Directory::app_by_app_id(std::string_view app_id) const {
  const auto found = by_app_id_.find(to_lower(app_id));
  return found == by_app_id_.end() ? nullptr : app(found->second);
}

const User* Directory::user(const std::string& id_or_name) const {
  if (const User* found = found_in(tenant_.users, id_or_name)) return found;
  const auto found = by_name_.find(to_lower(id_or_name));
  return found == by_name_.end() ? nullptr : found_in(tenant_.users, found->second);
}

const Grant* Directory::grant(const std::string& id) const { return found_in(tenant_.grants, id); }
const RoleAssignment* Directory::role(const std::string& id) const {
  return found_in(tenant_.role_assignments, id);
}

}  // namespace clawback::lab
