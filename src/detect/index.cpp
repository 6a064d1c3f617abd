#include "detect/index.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "base/digest.hpp"
#include "base/share_out.hpp"
#include "detect/replay.hpp"
#include "domain/grant_id.hpp"

namespace clawback::detect {
namespace {

bool by_time(const auto* a, const auto* b) {
  return std::tie(a->time, a->id) < std::tie(b->time, b->id);
}

bool by_access(const domain::MailAccess* a, const domain::MailAccess* b) {
  const auto key = [](const domain::MailAccess& one) {
    return std::tie(one.first, one.id, one.mailbox, one.client_info, one.ip_address);
  };
  return key(*a) < key(*b);
}

// What a map holds under one key or the other.
template <class Map>
auto joined(const Map& map, std::string_view user, std::string_view name) {
  typename Map::mapped_type out;
  for (const std::string_view key : {user, name}) {
    const auto found = map.find(key);
    if (key.empty() || found == map.end()) continue;
    out.insert(out.end(), found->second.begin(), found->second.end());
  }
  return out;
}

bool by_event(const Happening* a, const Happening* b) { return by_time(a->event, b->event); }

}  // namespace

Index::Index(const domain::Snapshot& snapshot, const domain::Memory* memory)
    : inventory_read_(domain::was_read(snapshot.coverage, domain::source::service_principals)) {
  add_inventory(snapshot);
  add_events(snapshot);
  add_uses(snapshot);
  if (memory != nullptr) add_memory(*memory);
  sort_all();
  rebuild_grants(snapshot);
}

void Index::add_inventory(const domain::Snapshot& snapshot) {
  apps_.reserve(snapshot.service_principals.size());
  by_id_.reserve(snapshot.service_principals.size());
  by_app_id_.reserve(snapshot.service_principals.size());
  users_.reserve(snapshot.users.size());
  for (const auto& app : snapshot.service_principals) {
    AppFacts& facts = facts_of(app.id.str());
    facts.app = &app;
    facts.in_inventory = true;
    if (!app.app_id.empty()) by_app_id_.emplace(app.app_id.str(), by_id_.at(app.id.str()));
  }
  for (const auto& user : snapshot.users) users_.emplace(user.id.str(), &user);
  for (const auto& grant : snapshot.grants) {
    facts_of(grant.client.str()).grants.push_back(held(grant));
  }
  for (const auto& role : snapshot.app_roles) facts_of(role.principal.str()).roles.push_back(&role);
}

AppFacts& Index::facts_of(std::string_view id) {
  const auto [found, is_new] = by_id_.try_emplace(id, apps_.size());
  if (is_new) apps_.emplace_back().id = id;
  return apps_[found->second];
}

const domain::ServicePrincipal* Index::service_principal(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found != by_id_.end() ? apps_[found->second].app : nullptr;
}

const domain::User* Index::user(std::string_view id) const {
  const auto found = users_.find(id);
  return found != users_.end() ? found->second : nullptr;
}

const domain::User* Index::user_named(std::string_view name) const {
  std::call_once(names_made_, [this] {
    for (const auto& [id, user] : users_) {
      if (!user->user_principal_name) continue;
      const domain::User*& named = users_by_name_[to_lower(*user->user_principal_name)];
      if (named == nullptr || user->id < named->id) named = user;
    }
  });
  const auto found = users_by_name_.find(std::string(name));
  return found != users_by_name_.end() ? found->second : nullptr;
}

const std::set<std::string, std::less<>>& Index::mail_domains() const {
  std::call_once(domains_made_, [this] {
    for (const auto& [id, user] : users_) {
      if (!user->user_principal_name || user->type == "Guest") continue;
      if (std::string name = domain_of(*user->user_principal_name); !name.empty()) {
        mail_domains_.insert(std::move(name));
      }
    }
  });
  return mail_domains_;
}

bool Index::may_hold_mail(const domain::ServicePrincipalId& resource) const {
  const auto* app = service_principal(resource.str());
  return app == nullptr || app->app_id.empty() || domain::is_resource_api(app->app_id);
}

HeldGrant Index::held(const domain::Grant& grant) {
  HeldGrant out;
  out.grant = &grant;
  const bool counts = may_hold_mail(grant.resource);
  for (const std::string& scope : grant.scopes) {
    const auto [found, is_new] = scopes_.try_emplace(scope);
    if (is_new) {
      found->second = {.reach = domain::mail_reach_of_scope(scope),
                       .offline = to_lower(scope) == "offline_access"};
    }
    if (counts) out.reach = out.reach | found->second.reach;
    // It is asked for on any resource and holds for all of them.
    out.offline = out.offline || found->second.offline;
  }
  return out;
}

std::optional<domain::MailReach> Index::reach(const domain::AppRoleAssignment& role) const {
  constexpr std::string_view default_access = "00000000-0000-0000-0000-000000000000";
  if (role.role_id == default_access || !may_hold_mail(role.resource)) return domain::MailReach{};
  if (!role.value) return std::nullopt;
  return domain::mail_reach_of_app_role(*role.value);
}

const std::vector<const domain::SignIn*>& Index::sign_ins_of(std::string_view user) const {
  static const std::vector<const domain::SignIn*> none;
  const auto found = sign_ins_by_user_.find(user);
  return found != sign_ins_by_user_.end() ? found->second : none;
}

std::vector<const domain::UserCountry*> Index::countries_of(std::string_view user) const {
  const auto found = countries_.find(user);
  return found != countries_.end() ? found->second : std::vector<const domain::UserCountry*>();
}

std::vector<const domain::MailboxChange*> Index::mailbox_changes_of(std::string_view user,
                                                                    std::string_view name) const {
  auto out = joined(changes_, user, name);
  std::sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return by_time(a, b); });
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<const domain::MailAccess*> Index::hidden_reads_of(std::string_view user,
                                                              std::string_view name) const {
  auto out = joined(hidden_reads_, user, name);
  std::sort(out.begin(), out.end(), by_access);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void Index::add_memory(const domain::Memory& memory) {
  for (const auto& grant : memory.grants) {
    const auto found = by_id_.find(grant.client.str());
    if (found != by_id_.end()) apps_[found->second].remembered.push_back(&grant);
  }
}

// What only the log knows of: everything where the grants were not read, what is not among them
// where they were read in part, and what changed after they were read whole.
void Index::rebuild_grants(const domain::Snapshot& snapshot) {
  const bool whole = domain::was_read(snapshot.coverage, domain::source::grants);
  const auto later_than = whole ? std::optional(snapshot.observed) : std::nullopt;
  for (AppFacts& facts : apps_) {
    if (facts.events.empty()) continue;
    if (later_than && facts.events.back()->event->time <= *later_than) continue;
    for (domain::Grant& grant : grants_after(facts.events, later_than)) {
      add_from_log(facts, std::move(grant));
    }
    std::sort(facts.grants.begin(), facts.grants.end(),
              [](const HeldGrant& a, const HeldGrant& b) { return a.grant->id < b.grant->id; });
  }
}

void Index::add_from_log(AppFacts& facts, domain::Grant grant) {
  const auto key = domain::key_of(grant);
  const auto known =
      std::find_if(facts.grants.begin(), facts.grants.end(),
                   [&](const HeldGrant& held) { return domain::key_of(*held.grant) == key; });
  if (known == facts.grants.end()) {
    rebuilt_.push_back(std::move(grant));
    facts.grants.push_back(held(rebuilt_.back()));
    facts.grants_from_log = true;
    return;
  }
  const auto& there = known->grant->scopes;
  if (std::includes(there.begin(), there.end(), grant.scopes.begin(), grant.scopes.end())) return;
  domain::Grant wider = *known->grant;
  wider.scopes.clear();
  std::set_union(there.begin(), there.end(), grant.scopes.begin(), grant.scopes.end(),
                 std::back_inserter(wider.scopes));
  rebuilt_.push_back(std::move(wider));
  *known = held(rebuilt_.back());
  facts.grants_from_log = true;
}

void Index::sort_all() {
  share_out(apps_.size(), [this](std::size_t i) {
    AppFacts& facts = apps_[i];
    std::sort(facts.grants.begin(), facts.grants.end(),
              [](const HeldGrant& a, const HeldGrant& b) { return a.grant->id < b.grant->id; });
    std::sort(facts.roles.begin(), facts.roles.end(),
              [](const auto* a, const auto* b) { return a->id < b->id; });
    std::sort(facts.events.begin(), facts.events.end(), by_event);
    std::sort(facts.sign_ins.begin(), facts.sign_ins.end(),
              [](const auto* a, const auto* b) { return by_time(a, b); });
    std::sort(facts.accesses.begin(), facts.accesses.end(), by_access);
  });
  for (auto& [user, sign_ins] : sign_ins_by_user_) {
    std::sort(sign_ins.begin(), sign_ins.end(),
              [](const auto* a, const auto* b) { return by_time(a, b); });
  }
  std::sort(policy_changes_.begin(), policy_changes_.end(), by_event);
}

}  // namespace clawback::detect
