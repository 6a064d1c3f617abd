#include "detect/index.hpp"

#include <algorithm>
#include <tuple>

#include "base/digest.hpp"
#include "base/share_out.hpp"

// What the logs add: happenings and uses find their application, and an application that only the
// logs know is put together from what they say.
namespace clawback::detect {
namespace {

// Microsoft's EWS, which stands in both places when an application reads through it.
constexpr std::string_view ews_id = "47629505-c2b6-4a80-adb1-9b3a3d233b7b";

// The application that read: Graph and EWS stand before it in AppId, and some records have only
// that. nullptr: the record hides it.
const domain::AppId* reader_of(const domain::MailAccess& access) {
  const auto names = [](const std::optional<domain::AppId>& app) {
    return app && !app->empty() && app->str() != ews_id;
  };
  if (names(access.client_app)) return &*access.client_app;
  return names(access.app) && !domain::is_resource_api(*access.app) ? &*access.app : nullptr;
}

// Records that change an application name that object alone: those that also tell its app id say
// which application it is.
void link_applications(std::deque<Happening>& happenings) {
  std::unordered_map<std::string_view, std::string_view> app_ids;
  for (const Happening& about : happenings) {
    if (about.application.empty() || about.app_id.empty()) continue;
    app_ids.try_emplace(about.application, about.app_id);
  }
  for (Happening& about : happenings) {
    if (about.application.empty() || !about.app_id.empty()) continue;
    if (!about.service_principal.empty()) continue;
    const auto found = app_ids.find(about.application);
    if (found != app_ids.end()) about.app_id = found->second;
  }
}

}  // namespace

std::string domain_of(std::string_view address) {
  constexpr std::size_t domain_max = 253;
  const std::size_t place = address.rfind('@');
  if (place == std::string_view::npos || address.size() - place > domain_max + 1) return {};
  const std::string_view domain = address.substr(place + 1);
  return to_lower(domain.substr(0, domain.find_first_of(" \t\r\n\"'<>[](),;")));
}

void Index::add_events(const domain::Snapshot& snapshot) {
  std::vector<std::optional<Happening>> understood(snapshot.audits.size());
  share_out(understood.size(),
            [&](std::size_t i) { understood[i] = understand(snapshot.audits[i]); });
  for (auto& about : understood) {
    if (about) happenings_.push_back(*std::move(about));
  }
  // What the first record says of an application stands, so that the order they come in must not
  // matter. Readers sort, and then there is nothing to do.
  const auto earlier = [](const Happening& a, const Happening& b) {
    return std::tie(a.event->time, a.event->id, a.event->activity) <
           std::tie(b.event->time, b.event->id, b.event->activity);
  };
  if (!std::is_sorted(happenings_.begin(), happenings_.end(), earlier)) {
    std::sort(happenings_.begin(), happenings_.end(), earlier);
  }
  link_applications(happenings_);
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
    if (facts->in_inventory) continue;
    tell(*facts, about.app_id, about.app_name);
    // Whoever registers an application does so in his own tenant.
    const bool registered = about.kind == HappeningKind::app_registered && !about.refused;
    if (registered && facts->from_log != nullptr && !snapshot.tenant.empty()) {
      facts->from_log->owner_tenant = snapshot.tenant;
    }
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
    has_beta_sign_ins_ = has_beta_sign_ins_ || sign_in.user_agent || sign_in.as_number;
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
  for (const auto& access : snapshot.mail_accesses) add_access(access);
  for (const auto& row : snapshot.user_countries) countries_[row.user.str()].push_back(&row);
  for (const auto& change : snapshot.mailbox_changes) {
    if (change.user) changes_[change.user->str()].push_back(&change);
    if (!change.mailbox.empty()) changes_[change.mailbox].push_back(&change);
    if (std::string name = domain_of(change.mailbox); !name.empty()) {
      mail_domains_.insert(std::move(name));
    }
  }
  for (const auto& activity : snapshot.app_activities) {
    const auto found = by_app_id_.find(activity.app_id.str());
    if (found != by_app_id_.end()) apps_[found->second].activity = &activity;
  }
}

void Index::add_access(const domain::MailAccess& access) {
  if (std::string name = domain_of(access.mailbox); !name.empty()) {
    mail_domains_.insert(std::move(name));
  }
  const domain::AppId* reader = reader_of(access);
  if (reader == nullptr) {
    if (access.user) hidden_reads_[access.user->str()].push_back(&access);
    if (!access.mailbox.empty()) hidden_reads_[access.mailbox].push_back(&access);
    return;
  }
  const auto found = by_app_id_.find(reader->str());
  AppFacts* facts = found != by_app_id_.end() ? &apps_[found->second] : nullptr;
  if (facts == nullptr && !inventory_read_) facts = app_by_app_id(*reader, std::nullopt);
  if (facts != nullptr) facts->accesses.push_back(&access);
}

}  // namespace clawback::detect
