#include "detect/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "detect/blast.hpp"

namespace clawback::detect {
namespace {

constexpr std::size_t half = 25;

std::string actor_of(const domain::AuditEvent& event) {
  if (event.actor_user_principal_name)
    return " by " + printable(*event.actor_user_principal_name, 80);
  if (event.actor_user) return " by user " + printable(event.actor_user->str(), 80);
  if (event.actor_app) return " by app " + printable(event.actor_app->str(), 80);
  return {};
}

std::string scopes_text(const std::vector<std::string>& scopes) {
  constexpr std::size_t named_max = 8;
  std::string text;
  for (std::size_t i = 0; i < scopes.size() && i < named_max; ++i) {
    text += (text.empty() ? "" : " ") + printable(scopes[i], 60);
  }
  if (scopes.size() > named_max) text += fmt::format(" and {} more", scopes.size() - named_max);
  return text;
}

// "Mail.Read" given, or "User.Read" to "User.Read Mail.Read".
std::string change_text(const GrantChange& change) {
  if (!change.after)
    return "took back " + scopes_text(change.before.value_or(std::vector<std::string>()));
  if (!change.before) return scopes_text(*change.after);
  if (*change.before == *change.after) return "the same scopes on both sides";
  return fmt::format("{} -> {}", scopes_text(*change.before), scopes_text(*change.after));
}

domain::TimelineEntry entry_of(const Happening& happening) {
  const domain::AuditEvent& event = *happening.event;
  std::string text = printable(event.activity, 80) + actor_of(event);
  if (happening.refused) {
    text += happening.refusal.empty()
                ? " (refused)"
                : fmt::format(" (refused: {})", printable(happening.refusal, 80));
  }
  constexpr std::size_t changes_max = 3;
  for (std::size_t i = 0; i < happening.changes.size() && i < changes_max; ++i) {
    text += (i == 0 ? ": " : "; ") + change_text(happening.changes[i]);
  }
  for (std::size_t i = 0; i < happening.values.size() && i < changes_max; ++i) {
    text += (i == 0 ? ": " : ", ") + printable(happening.values[i], 120);
  }
  return {.time = event.time, .event = std::move(text), .record = event.id.str()};
}

domain::TimelineEntry entry_of(const domain::MailAccess& access) {
  std::string text = fmt::format("Mailbox {} read", printable(access.mailbox, 80));
  if (access.items > 0) text += fmt::format(", {} messages", access.items);
  if (access.syncs > 0) text += ", whole folders";
  if (access.throttled) text += ", more than the log holds";
  if (access.ip_address) text += " from " + printable(*access.ip_address, 45);
  return {.time = access.first, .event = std::move(text), .record = access.id.str()};
}

domain::TimelineEntry entry_of(const domain::MailboxChange& change) {
  std::string text = fmt::format("{} in mailbox {}", printable(change.operation, 60),
                                 printable(change.mailbox, 80));
  if (change.forwards) text += ", forwards mail";
  if (change.hides) text += ", hides mail";
  if (change.ip_address) text += " from " + printable(*change.ip_address, 45);
  return {.time = change.time, .event = std::move(text), .record = change.id.str()};
}

domain::TimelineEntry entry_of(const domain::SignIn& sign_in) {
  std::string text =
      "Sign-in of " + printable(sign_in.user_principal_name.value_or(sign_in.user.str()), 80);
  if (sign_in.client_app_used) text += " with " + printable(*sign_in.client_app_used, 40);
  if (sign_in.ip_address) text += " from " + printable(*sign_in.ip_address, 45);
  if (sign_in.country) text += fmt::format(" ({})", printable(*sign_in.country, 20));
  if (sign_in.error_code && *sign_in.error_code != 0)
    text += fmt::format(" (failed: {})", *sign_in.error_code);
  return {.time = sign_in.time, .event = std::move(text), .record = sign_in.id.str()};
}

// Adds the first and the last `half` of what is sorted by time: no more can survive the joint cut.
template <class Record>
void add_ends(const std::vector<const Record*>& records,
              std::vector<domain::TimelineEntry>& entries) {
  const std::size_t head = std::min(half, records.size());
  const std::size_t tail = std::max(head, records.size() - head);
  for (std::size_t i = 0; i < head; ++i) entries.push_back(entry_of(*records[i]));
  for (std::size_t i = tail; i < records.size(); ++i) entries.push_back(entry_of(*records[i]));
}

// Rules that the application's users got after it was let in.
std::vector<const domain::MailboxChange*> rules_of(const Case& subject) {
  std::vector<const domain::MailboxChange*> out;
  for (const HeldGrant& held : subject.facts.grants) {
    if (!held.grant->principal || !held.reach.any()) continue;
    const std::string& id = held.grant->principal->str();
    const domain::User* user = subject.context.index.user(id);
    const std::string name =
        user != nullptr && user->user_principal_name ? to_lower(*user->user_principal_name) : "";
    for (const auto* change : subject.context.index.mailbox_changes_of(id, name)) {
      if (consent_before(subject, change->time) != nullptr) out.push_back(change);
    }
  }
  std::sort(out.begin(), out.end(), [](const auto* a, const auto* b) {
    return std::tie(a->time, a->id) < std::tie(b->time, b->id);
  });
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

std::vector<domain::TimelineEntry> timeline(const Case& subject) {
  std::vector<domain::TimelineEntry> entries;
  add_ends(subject.facts.events, entries);
  add_ends(subject.facts.sign_ins, entries);
  add_ends(subject.facts.accesses, entries);
  add_ends(rules_of(subject), entries);
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::tie(a.time, a.record, a.event) < std::tie(b.time, b.record, b.event);
  });
  if (entries.size() > 2 * half) {
    const auto at = [&](std::size_t i) { return entries.begin() + static_cast<std::ptrdiff_t>(i); };
    entries.erase(at(half), at(entries.size() - half));
  }
  return entries;
}

}  // namespace clawback::detect
