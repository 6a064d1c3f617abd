#include "detect/index.hpp"

// What the logs add: happenings and uses find their application, and an application that only the
// logs know is put together from what they say.
namespace clawback::detect {

void Index::add_events(const domain::Snapshot& snapshot) {
  for (const auto& event : snapshot.audits) {
    if (auto about = understand(event)) happenings_.push_back(*std::move(about));
  }
  // First those that name the service principal: they tell which app id belongs to it.
  for (const Happening& about : happenings_) {
    if (!about.service_principal.empty() || !about.app_id.empty()) add_log_app(about);
  }
  for (const Happening& about : happenings_) {
    if (about.kind == HappeningKind::policy_changed) policy_changes_.push_back(&about);
    AppFacts* facts = find_app(about);
    if (facts == nullptr && !about.app_id.empty()) {
      facts = app_by_app_id(domain::AppId(about.app_id), about.app_name);
    }
    if (facts == nullptr) continue;
    facts->events.push_back(&about);
    if (!facts->in_inventory) tell(*facts, about.app_id, about.app_name);
  }
}

void Index::add_log_app(const Happening& about) {
  if (about.service_principal.empty()) return;
  const auto by_id = by_id_.find(about.service_principal);
  if (by_id != by_id_.end() && apps_[by_id->second].in_inventory) return;
  // One that the inventory knows by its app id was deleted and made again: another object.
  AppFacts& facts = facts_of(about.service_principal);
  if (facts.app == nullptr) {
    facts.from_log = &from_logs_.emplace_back();
    facts.from_log->id = domain::ServicePrincipalId(about.service_principal);
    facts.app = facts.from_log;
  }
  tell(facts, about.app_id, about.app_name);
}

// Grant records name the application by its object alone: what other records say of it is added.
void Index::tell(AppFacts& facts, const std::string& app_id, const std::string& name) {
  domain::ServicePrincipal* app = facts.from_log;
  if (app == nullptr) return;
  if (app->app_id.empty() && !app_id.empty()) {
    app->app_id = domain::AppId(app_id);
    const auto place = static_cast<std::size_t>(&facts - apps_.data());
    by_app_id_.try_emplace(app->app_id.str(), place);
  }
  // The smallest, so that the order of records does not matter.
  if (!name.empty() && (app->display_name.empty() || name < app->display_name)) {
    app->display_name = name;
  }
}

AppFacts* Index::find_app(const Happening& about) {
  if (!about.service_principal.empty()) {
    const auto found = by_id_.find(about.service_principal);
    return found != by_id_.end() ? &apps_[found->second] : nullptr;
  }
  const auto found = by_app_id_.find(about.app_id);
  return found != by_app_id_.end() ? &apps_[found->second] : nullptr;
}

// An application of which no record names the service principal.
AppFacts* Index::app_by_app_id(const domain::AppId& app, const std::optional<std::string>& name) {
  const auto found = by_app_id_.find(app.str());
  if (found != by_app_id_.end()) return &apps_[found->second];
  auto& made = from_logs_.emplace_back();
  made.app_id = app;
  if (name) made.display_name = *name;
  by_app_id_.emplace(made.app_id.str(), apps_.size());
  AppFacts& facts = apps_.emplace_back();
  facts.app = facts.from_log = &made;
  return &facts;
}

void Index::add_uses(const domain::Snapshot& snapshot) {
  for (const auto& sign_in : snapshot.sign_ins) {
    sign_ins_by_user_[sign_in.user.str()].push_back(&sign_in);
    const auto found = by_app_id_.find(sign_in.app_id.str());
    AppFacts* facts = found != by_app_id_.end() ? &apps_[found->second] : nullptr;
    if (facts == nullptr && !inventory_read_ && !sign_in.app_id.empty()) {
      facts = app_by_app_id(sign_in.app_id, sign_in.app_name);
    }
    if (facts == nullptr) continue;
    facts->sign_ins.push_back(&sign_in);
    if (facts->from_log != nullptr && sign_in.app_owner) {
      facts->from_log->owner_tenant = sign_in.app_owner;
    }
  }
  for (const auto& access : snapshot.mail_accesses) {
    if (!access.client_app) continue;
    const auto found = by_app_id_.find(access.client_app->str());
    AppFacts* facts = found != by_app_id_.end() ? &apps_[found->second] : nullptr;
    if (facts == nullptr && !inventory_read_) {
      facts = app_by_app_id(*access.client_app, std::nullopt);
    }
    if (facts != nullptr) facts->accesses.push_back(&access);
  }
  for (const auto& row : snapshot.user_countries) countries_[row.user.str()].push_back(&row);
  for (const auto& change : snapshot.mailbox_changes) {
    if (change.user) changes_[change.user->str()].push_back(&change);
    if (!change.mailbox.empty()) changes_[change.mailbox].push_back(&change);
  }
  for (const auto& activity : snapshot.app_activities) {
    const auto found = by_app_id_.find(activity.app_id.str());
    if (found != by_app_id_.end()) apps_[found->second].activity = &activity;
  }
}

}  // namespace clawback::detect
