#include "detect/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "detect/history.hpp"
#include "detect/uses.hpp"

namespace clawback::detect {
namespace {

constexpr std::size_t half = 25;

std::string by_whom(const domain::AuditEvent& event) {
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
  std::string text = printable(event.activity, 80) + by_whom(event);
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

// Reads of another's mailbox say who read.
std::string reader_of(const Case& subject, const domain::MailAccess& access) {
  const auto* user = access.user ? subject.context.index.user(access.user->str()) : nullptr;
  if (user == nullptr || !user->user_principal_name) return {};
  const std::string name = to_lower(*user->user_principal_name);
  return name != access.mailbox ? " by " + printable(name, 80) : std::string();
}

domain::TimelineEntry entry_of(const Case& subject, const domain::MailAccess& access) {
  std::string text =
      fmt::format("Mailbox {} read{}", printable(access.mailbox, 80), reader_of(subject, access));
  if (access.items > 0) text += fmt::format(", {} messages", access.items);
  if (access.syncs > 0) text += ", whole folders";
  if (access.throttled) text += ", more than the log holds";
  if (access.ip_address) text += " from " + printable(*access.ip_address, 45);
  return {.time = access.first,
          .event = std::move(text),
          .record = access.id.str(),
          .kind = domain::TimelineKind::mail_read};
}

domain::TimelineEntry entry_of(const domain::MailboxChange& change) {
  std::string text = fmt::format("{} in mailbox {}", printable(change.operation, 60),
                                 printable(change.mailbox, 80));
  if (change.forwards) text += ", forwards mail";
  if (change.hides) text += ", hides mail";
  if (change.ip_address) text += " from " + printable(*change.ip_address, 45);
  return {.time = change.time,
          .event = std::move(text),
          .record = change.id.str(),
          .kind = domain::TimelineKind::mail_rule};
}

std::string who_and_from(const domain::SignIn& sign_in) {
  std::string text = printable(sign_in.user_principal_name.value_or(sign_in.user.str()), 80);
  if (sign_in.client_app_used) text += " with " + printable(*sign_in.client_app_used, 40);
  if (sign_in.ip_address) text += " from " + printable(*sign_in.ip_address, 45);
  if (sign_in.country) text += fmt::format(" ({})", printable(*sign_in.country, 20));
  if (sign_in.error_code == domain::error_unknown) {
    text += " (failed)";
  } else if (sign_in.error_code && *sign_in.error_code != 0) {
    text += fmt::format(" (failed: {})", *sign_in.error_code);
  }
  return text;
}

domain::TimelineEntry entry_of(const domain::SignIn& sign_in) {
  return {.time = sign_in.time,
          .event = "Sign-in of " + who_and_from(sign_in),
          .record = sign_in.id.str(),
          .kind = domain::TimelineKind::sign_in};
}

// Joined by user and time, so the consent's record and what else is told of the sign-in stand there
// for who wants to check.
domain::TimelineEntry entry_of(const domain::SignIn& sign_in, const domain::AuditEvent& consent,
                               bool same_app) {
  std::string text = fmt::format("Sign-in behind the consent (record {}) of {}",
                                 printable(consent.id.str(), 60), who_and_from(sign_in));
  if (!same_app && sign_in.app_name) text += ", to " + printable(*sign_in.app_name, 60);
  if (sign_in.protocol && to_lower(sign_in.protocol->substr(0, 16)) == "devicecode")
    text += ", by device code";
  if (sign_in.risk_level) text += ", risk " + printable(*sign_in.risk_level, 20);
  return {.time = sign_in.time,
          .event = std::move(text),
          .record = sign_in.id.str(),
          .kind = domain::TimelineKind::sign_in};
}

struct Entries {
  std::vector<domain::TimelineEntry> essential;  // what a case is decided by
  std::vector<domain::TimelineEntry> others;
};

// Adds the first and the last `half` of what is sorted by time: no more can survive the joint cut.
template <class List, class Print>
void add_ends(const List& records, std::vector<domain::TimelineEntry>& entries, Print print) {
  const std::size_t head = std::min(half, records.size());
  const std::size_t tail = std::max(head, records.size() - head);
  for (std::size_t i = 0; i < head; ++i) entries.push_back(print(records[i]));
  for (std::size_t i = tail; i < records.size(); ++i) entries.push_back(print(records[i]));
}

// The sign-ins behind consents, each once, with the first consent that it is behind.
std::map<const domain::SignIn*, const Happening*> behind_consents(const Case& subject) {
  std::map<const domain::SignIn*, const Happening*> out;
  for (const Happening* event : subject.facts.events) {
    if (event->kind != HappeningKind::consent || event->refused) continue;
    if (const auto* sign_in = sign_in_behind(subject, *event)) out.emplace(sign_in, event);
  }
  return out;
}

void add_sign_ins(const Case& subject, Entries& entries) {
  const auto behind = behind_consents(subject);
  std::vector<const domain::SignIn*> others;
  for (const auto* sign_in : subject.facts.sign_ins) {
    if (!behind.contains(sign_in)) others.push_back(sign_in);
  }
  add_ends(others, entries.others, [](const auto* one) { return entry_of(*one); });
  std::vector<domain::TimelineEntry> told;
  for (const auto& [sign_in, consent] : behind) {
    const auto* app = subject.facts.app;
    const bool same_app = app != nullptr && app->app_id == sign_in->app_id;
    told.push_back(entry_of(*sign_in, *consent->event, same_app));
  }
  entries.essential.insert(entries.essential.end(), told.begin(), told.end());
}

void add_rules(const Case& subject, Entries& entries) {
  const Consents consents(subject);
  std::vector<const domain::MailboxChange*> rules;
  for (const RuleMade& rule : rules_made(subject, consents)) {
    if (rule.consent != nullptr) rules.push_back(rule.change);
  }
  add_ends(rules, entries.essential, [](const auto* one) { return entry_of(*one); });
}

// Of more than `most`, the oldest and the newest.
void cut(std::vector<domain::TimelineEntry>& entries, std::size_t most) {
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::tie(a.time, a.record, a.event) < std::tie(b.time, b.record, b.event);
  });
  if (entries.size() <= most) return;
  const auto at = [&](std::size_t i) { return entries.begin() + static_cast<std::ptrdiff_t>(i); };
  entries.erase(at(most / 2), at(entries.size() - (most + 1) / 2));
}

}  // namespace

std::vector<domain::TimelineEntry> timeline(const Case& subject) {
  Entries entries;
  add_ends(subject.facts.events, entries.essential, [](const auto* one) { return entry_of(*one); });
  add_sign_ins(subject, entries);
  add_ends(subject.facts.accesses, entries.others,
           [&](const auto* one) { return entry_of(subject, *one); });
  add_rules(subject, entries);
  // A busy application must not push its consents and rules out: at least half stays for them.
  cut(entries.essential, std::max(half, 2 * half - std::min(2 * half, entries.others.size())));
  cut(entries.others, 2 * half - entries.essential.size());
  entries.essential.insert(entries.essential.end(), entries.others.begin(), entries.others.end());
  cut(entries.essential, 2 * half);
  return std::move(entries.essential);
}

}  // namespace clawback::detect
