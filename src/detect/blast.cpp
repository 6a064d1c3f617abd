#include "detect/blast.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include "base/digest.hpp"
#include "detect/signal.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;

constexpr std::size_t listed_max = 500;

void add_reads(const Case& subject, domain::BlastRadius& out) {
  std::set<std::string> mailboxes;
  for (const auto* access : subject.facts.accesses) {
    if (mailboxes.size() < listed_max) mailboxes.insert(access->mailbox);
    out.items += access->items;
    if (!out.first_read || access->first < *out.first_read) out.first_read = access->first;
  }
  out.mailboxes.assign(mailboxes.begin(), mailboxes.end());
  if (!out.first_read) return;
  if (const Happening* consent = consent_before(subject, *out.first_read)) {
    out.seconds_after_consent =
        std::chrono::floor<std::chrono::seconds>(*out.first_read - consent->event->time).count();
  }
}

// Rules that the users of the application got after it was let in.
void add_rules(const Case& subject, domain::BlastRadius& out) {
  std::set<domain::UserId> users;
  for (const HeldGrant& held : subject.facts.grants) {
    if (held.grant->principal && held.reach.any()) users.insert(*held.grant->principal);
  }
  std::set<std::string> rules;
  for (const domain::UserId& user : users) {
    const domain::User* known = subject.context.index.user(user.str());
    const std::string name =
        known != nullptr && known->user_principal_name ? to_lower(*known->user_principal_name) : "";
    for (const auto* change : subject.context.index.mailbox_changes_of(user.str(), name)) {
      if (consent_before(subject, change->time) != nullptr && rules.size() < listed_max) {
        rules.insert(change->id.str());
      }
    }
  }
  out.rules.assign(rules.begin(), rules.end());
}

}  // namespace

const Happening* consent_before(const Case& subject, Time moment) {
  const Happening* last = nullptr;
  for (const Happening* event : subject.facts.events) {
    const bool gives = event->kind == HappeningKind::consent ||
                       event->kind == HappeningKind::grant_changed ||
                       event->kind == HappeningKind::app_role_added;
    if (gives && !event->refused && event->event->time <= moment) last = event;
  }
  return last;
}

domain::BlastRadius blast_radius(const Case& subject) {
  domain::BlastRadius out;
  add_reads(subject, out);
  add_rules(subject, out);
  out.known = true;
  for (const std::string_view needed : {source::mail_accesses, source::mailbox_changes}) {
    if (was_read(subject, needed)) continue;
    out.known = false;
    if (!out.unknown.empty()) out.unknown += "; ";
    out.unknown += why_not_read(subject, needed);
  }
  return out;
}

}  // namespace clawback::detect
