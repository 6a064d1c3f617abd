#include "detect/uses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <tuple>

#include "base/digest.hpp"
#include "detect/signal.hpp"

namespace clawback::detect {
namespace {

bool reaches_mail(const std::vector<std::string>& scopes) {
  return std::any_of(scopes.begin(), scopes.end(), [](const std::string& scope) {
    return domain::mail_reach_of_scope(scope).any();
  });
}

bool gives_mail(const GrantChange& change) { return change.after && reaches_mail(*change.after); }

// The last of a list by time that is not after the moment.
const Happening* last_before(const std::vector<const Happening*>& list, Time moment) {
  const auto after =
      std::upper_bound(list.begin(), list.end(), moment,
                       [](Time time, const Happening* event) { return time < event->event->time; });
  return after != list.begin() ? *std::prev(after) : nullptr;
}

const Happening* later(const Happening* a, const Happening* b) {
  if (a == nullptr || b == nullptr) return a != nullptr ? a : b;
  const auto key = [](const Happening* one) { return std::tie(one->event->time, one->event->id); };
  return key(b) > key(a) ? b : a;
}

std::string name_of(const Case& subject, std::string_view id) {
  const domain::User* user = subject.context.index.user(id);
  if (user != nullptr && user->user_principal_name) return to_lower(*user->user_principal_name);
  for (const auto* sign_in : subject.context.index.sign_ins_of(id)) {
    if (sign_in->user_principal_name) return to_lower(*sign_in->user_principal_name);
  }
  return {};
}

std::string id_of(const Case& subject, const std::string& name) {
  const domain::User* user = subject.context.index.user_named(name);
  return user != nullptr ? user->id.str() : std::string();
}

bool may_use_ews(const AppFacts& facts) {
  const auto is_ews = [](const std::string& text) {
    const std::string folded = to_lower(text);
    return folded.starts_with("ews.") || folded == "full_access_as_app" ||
           folded == "full_access_as_user" || folded.find("/ews.") != std::string::npos;
  };
  return std::any_of(facts.grants.begin(), facts.grants.end(),
                     [&](const HeldGrant& held) {
                       const auto& scopes = held.grant->scopes;
                       return std::any_of(scopes.begin(), scopes.end(), is_ews);
                     }) ||
         std::any_of(facts.roles.begin(), facts.roles.end(),
                     [&](const auto* role) { return role->value && is_ews(*role->value); });
}

bool held_for_everyone(const Case& subject) {
  const AppFacts& facts = subject.facts;
  return std::any_of(facts.grants.begin(), facts.grants.end(),
                     [](const HeldGrant& held) {
                       return held.reach.any() &&
                              held.grant->consent == domain::ConsentType::all_principals;
                     }) ||
         std::any_of(facts.roles.begin(), facts.roles.end(), [&](const auto* role) {
           return subject.context.index.reach(*role).value_or(domain::MailReach{}).any();
         });
}

}  // namespace

bool succeeded(const domain::SignIn& sign_in) { return sign_in.error_code == 0; }

bool may_have_succeeded(const domain::SignIn& sign_in) {
  return sign_in.error_code.value_or(0) == 0;
}

std::string unsaid_sign_ins(const AppFacts& facts) {
  const auto count = std::count_if(facts.sign_ins.begin(), facts.sign_ins.end(),
                                   [](const auto* sign_in) { return !sign_in->error_code; });
  if (count == 0) return {};
  return fmt::format("{} {} whether {} succeeded", count,
                     count == 1 ? "sign-in does not say" : "sign-ins do not say",
                     count == 1 ? "it" : "they");
}

std::string actor_of(const Case& subject, const Happening& event) {
  if (event.event->actor_user) return event.event->actor_user->str();
  const auto& name = event.event->actor_user_principal_name;
  return name ? id_of(subject, to_lower(*name)) : std::string();
}

Consents::Consents(const Case& subject) {
  for (const Happening* event : subject.facts.events) {
    if (gives(*event)) add(subject, *event);
  }
}

void Consents::add(const Case& subject, const Happening& event) {
  bool counts = false;
  bool everyone = event.kind == HappeningKind::app_role_added &&
                  std::any_of(event.values.begin(), event.values.end(), [](const auto& value) {
                    return value.empty() || domain::mail_reach_of_app_role(value).any();
                  });
  std::vector<std::string> persons;
  for (const GrantChange& change : event.changes) {
    if (!gives_mail(change)) continue;
    if (change.principal) persons.push_back(change.principal->str());
    everyone = everyone || change.consent == domain::ConsentType::all_principals;
    counts = true;
  }
  if (event.changes.empty() && event.kind == HappeningKind::consent) {
    everyone = event.for_everyone.value_or(false);
    persons.push_back(actor_of(subject, event));
    counts = true;
  }
  std::sort(persons.begin(), persons.end());
  persons.erase(std::unique(persons.begin(), persons.end()), persons.end());
  for (const std::string& id : persons) add_person(subject, event, id);
  if (everyone) everyone_.push_back(&event);
  if (everyone || counts) all_.push_back(&event);
}

void Consents::add_person(const Case& subject, const Happening& event, const std::string& id) {
  const auto& actor = event.event->actor_user_principal_name;
  const bool acted = id == actor_of(subject, event);
  std::string name = !id.empty() ? name_of(subject, id) : std::string();
  if (name.empty() && acted && actor) name = to_lower(*actor);
  if (!id.empty()) of_[id].push_back(&event);
  if (!name.empty() && name != id) of_[name].push_back(&event);
}

const Happening* Consents::before(std::string_view id, std::string_view name, Time moment) const {
  const Happening* last = last_before(everyone_, moment);
  for (const std::string_view person : {id, name}) {
    const auto found = of_.find(person);
    if (found != of_.end()) last = later(last, last_before(found->second, moment));
  }
  return last;
}

const Happening* Consents::before(Time moment) const { return last_before(all_, moment); }

const Happening* Consents::before(const domain::MailAccess& read) const {
  const std::string_view id = read.user ? std::string_view(read.user->str()) : std::string_view();
  const bool own = knows(id) || knows(read.mailbox);
  return own ? before(id, read.mailbox, read.first) : before(read.first);
}

WideAccess wide_access(const Case& subject, const Consents& consents) {
  const auto& roles = subject.facts.roles;
  const auto& given = consents.for_everyone();
  bool role_in_window = false;
  bool role_unknown =
      !was_read(subject, domain::source::app_roles) || !was_read(subject, domain::source::grants);
  for (const auto* role : roles) {
    const auto reach = subject.context.index.reach(*role);
    role_unknown = role_unknown || !reach;
    if (!reach || !reach->any() || !role->created) continue;
    role_in_window = role_in_window || in_window(subject, *role->created);
  }
  if (role_in_window || std::any_of(given.begin(), given.end(), [&](const Happening* event) {
        return in_window(subject, event->event->time);
      })) {
    return WideAccess::in_window;
  }
  if (!given.empty() || held_for_everyone(subject)) return WideAccess::older;
  return role_unknown ? WideAccess::unknown : WideAccess::no;
}

std::vector<Person> people(const Case& subject, const Consents& consents) {
  std::vector<Person> all;
  std::set<std::string, std::less<>> named;  // a user comes up once for each of his grants
  const auto put = [&](const std::string& id, std::string name) {
    if (name.empty()) {
      if (!named.insert(id).second) return;
      name = name_of(subject, id);
    }
    if (!id.empty() || !name.empty()) all.push_back({.id = id, .name = std::move(name)});
  };
  for (const HeldGrant& held : subject.facts.grants) {
    if (held.grant->principal && held.reach.any()) put(held.grant->principal->str(), {});
  }
  for (const Happening* event : subject.facts.events) {
    if (!gives(*event)) continue;
    for (const GrantChange& change : event->changes) {
      if (change.principal && gives_mail(change)) put(change.principal->str(), {});
    }
    const std::string actor = actor_of(subject, *event);
    const auto& name = event->event->actor_user_principal_name;
    const std::string folded = name ? to_lower(*name) : std::string();
    if (consents.knows(actor) || consents.knows(folded)) put(actor, folded);
  }
  for (const auto* access : subject.facts.accesses) {
    put(access->user ? access->user->str() : id_of(subject, access->mailbox),
        access->user ? std::string() : access->mailbox);
    put(id_of(subject, access->mailbox), access->mailbox);
  }
  if (held_for_everyone(subject)) {
    for (const auto* sign_in : subject.facts.sign_ins) {
      if (may_have_succeeded(*sign_in)) put(sign_in->user.str(), {});
    }
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<RuleMade> rules_made(const Case& subject, const Consents& consents) {
  if (subject.context.snapshot.mailbox_changes.empty()) return {};
  std::map<const domain::MailboxChange*, const Happening*> found;
  for (const Person& person : people(subject, consents)) {
    for (const auto* change : subject.context.index.mailbox_changes_of(person.id, person.name)) {
      const Happening*& consent = found[change];
      consent = later(consent, consents.before(person.id, person.name, change->time));
    }
  }
  std::vector<RuleMade> out;
  out.reserve(found.size());
  for (const auto& [change, consent] : found) out.push_back({.change = change, .consent = consent});
  std::sort(out.begin(), out.end(), [](const RuleMade& a, const RuleMade& b) {
    return std::tie(a.change->time, a.change->id) < std::tie(b.change->time, b.change->id);
  });
  return out;
}

std::size_t hidden_reads(const Case& subject, const Consents& consents) {
  if (!subject.context.index.has_hidden_reads() || !may_use_ews(subject.facts)) return 0;
  std::set<const domain::MailAccess*> reads;
  for (const Person& person : people(subject, consents)) {
    const auto of = subject.context.index.hidden_reads_of(person.id, person.name);
    reads.insert(of.begin(), of.end());
  }
  return reads.size();
}

}  // namespace clawback::detect
