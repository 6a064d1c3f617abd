#include "lab/store.hpp"

#include <algorithm>
#include <set>

namespace clawback::lab {
namespace {

// Larger tenants are only looked at: comparing them would cost more than it is worth.
constexpr std::size_t compared_max = 20'000;

bool same(const Grant& a, const Grant& b) { return a.scope == b.scope; }
bool same(const ServicePrincipal& a, const ServicePrincipal& b) {
  return a.account_enabled == b.account_enabled && a.display_name == b.display_name &&
         a.body == b.body;
}

template <class T>
std::vector<std::string> differences(const std::map<std::string, T>& before,
                                     const std::map<std::string, T>& after) {
  std::vector<std::string> ids;
  for (const auto& [id, object] : before) {
    if (!after.contains(id)) ids.push_back(id);
  }
  for (const auto& [id, object] : after) {
    const auto old = before.find(id);
    if (old == before.end() || !same(old->second, object)) ids.push_back(id);
  }
  return ids;
}

}  // namespace

Store::Store(Tenant tenant, StoreDelays delays) : truth_(std::move(tenant)), delays_(delays) {
  if (delays_.visibility.count() > 0 || delays_.audit.count() > 0) shown_.emplace(truth_);
}

void Store::show(const Change& change) {
  if (shown_) shown_->apply(change);
  std::visit(
      overloaded{[this](const Grant& grant) { log_.emplace_back(DeltaKind::grant, grant.id); },
                 [this](const Gone<Grant>& gone) { log_.emplace_back(DeltaKind::grant, gone.id); },
                 [this](const ServicePrincipal& app) {
                   log_.emplace_back(DeltaKind::service_principal, app.id);
                 },
                 [this](const Gone<ServicePrincipal>& gone) {
                   log_.emplace_back(DeltaKind::service_principal, gone.id);
                 },
                 [](const auto&) {}},
      change);
}

void Store::settle(Time now) {
  while (!pending_.empty() && pending_.begin()->first <= now) {
    show(pending_.begin()->second);
    pending_.erase(pending_.begin());
  }
}

void Store::write(const Change& change, Time now) {
  truth_.apply(change);
  const bool audit = std::holds_alternative<NewAudit>(change);
  const auto delay = audit ? delays_.audit : delays_.visibility;
  if (delay.count() > 0) {
    // What was written later never shows before what was written earlier.
    Time shows = now + delay;
    if (!audit) shows = last_shows_ = std::max(shows, last_shows_);
    pending_.emplace(shows, change);
  } else {
    show(change);
  }
}

void Store::look(const std::function<void(Tenant&)>& look) {
  const std::size_t size =
      truth_.tenant().grants.size() + truth_.tenant().service_principals.size();
  const bool compare = size <= compared_max;
  std::map<std::string, Grant> grants;
  std::map<std::string, ServicePrincipal> apps;
  if (compare) {
    grants = truth_.tenant().grants;
    apps = truth_.tenant().service_principals;
  }
  const std::string digest_before = shown_ ? state_digest(truth_.tenant()) : std::string();
  look(truth_.open());
  truth_.reindex();
  if (compare) {
    for (std::string& id : differences(grants, truth_.tenant().grants)) {
      log_.emplace_back(DeltaKind::grant, std::move(id));
    }
    for (std::string& id : differences(apps, truth_.tenant().service_principals)) {
      log_.emplace_back(DeltaKind::service_principal, std::move(id));
    }
  }
  // Whoever only looked does not make late writes visible.
  if (shown_ && state_digest(truth_.tenant()) != digest_before) {
    pending_.clear();
    shown_.emplace(truth_);
  }
}

std::vector<std::string> Store::changed_since(DeltaKind kind, std::uint64_t mark) const {
  std::set<std::string> seen;
  std::vector<std::string> ids;
  for (std::size_t i = mark; i < log_.size(); ++i) {
    if (log_[i].first == kind && seen.insert(log_[i].second).second) ids.push_back(log_[i].second);
  }
  return ids;
}

}  // namespace clawback::lab
