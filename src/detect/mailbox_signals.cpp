#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "detect/access.hpp"
#include "detect/client_facts.hpp"
#include "detect/signal.hpp"
#include "detect/uses.hpp"

// D19: what was read, how soon, and how much.
namespace clawback::detect {
namespace {

namespace source = domain::source;
using domain::MailAccess;

// Seen in a real case: 22 seconds. A person who sets up a client reads soon, too.
constexpr Duration soon = std::chrono::minutes(15);
constexpr std::size_t many_mailboxes = 5;

struct Found {
  std::vector<std::string> reasons;
  std::vector<std::string> evidence;
  bool half = true;   // as long as nothing counts in full
  bool wide = false;  // much was read, but that is what it was let in for
};

struct ReadAfter {
  const MailAccess* access = nullptr;
  const Happening* consent = nullptr;
  [[nodiscard]] Duration after() const { return access->first - consent->event->time; }
};

// Reads with the consent that they followed; a read before any consent has none.
std::vector<ReadAfter> reads_after(const Case& subject, const Consents& consents) {
  std::vector<ReadAfter> out;
  for (const auto* access : subject.facts.accesses) {
    const Happening* consent = consents.before(*access);
    if (consent == nullptr) continue;
    // Who reads by itself reads every day: only a role that is new makes a read soon.
    if (consent->kind == HappeningKind::app_role_added && !in_window(subject, consent->event->time))
      continue;
    out.push_back({.access = access, .consent = consent});
  }
  std::sort(out.begin(), out.end(), [](const ReadAfter& a, const ReadAfter& b) {
    return std::tuple(a.after(), a.access->first, a.access->id, a.access->mailbox) <
           std::tuple(b.after(), b.access->first, b.access->id, b.access->mailbox);
  });
  return out;
}

std::string amount(const MailAccess& access) {
  std::string text;
  if (access.items > 0) text += fmt::format(", {} messages that day", access.items);
  if (access.syncs > 0) text += ", whole folders";
  return text;
}

std::string whose(const Happening& consent) {
  const auto& event = *consent.event;
  return printable(event.actor_user_principal_name.value_or(
                       event.actor_user ? event.actor_user->str() : "an application"),
                   80);
}

void add_soon(const std::vector<ReadAfter>& reads, Found& found) {
  if (reads.empty() || reads.front().after() > soon) return;
  const ReadAfter& first = reads.front();
  std::size_t more = 0;
  for (const ReadAfter& read : reads) {
    if (read.after() > soon) break;
    found.evidence.push_back(read.access->id.str());
    found.evidence.push_back(read.consent->event->id.str());
    ++more;
  }
  std::string text = fmt::format("mailbox {} was read {} after the consent of {} at {}{}",
                                 printable(first.access->mailbox, 80), span_text(first.after()),
                                 whose(*first.consent), format_time(first.consent->event->time),
                                 amount(*first.access));
  if (more > 1) text += fmt::format(", and {} more reads as soon", more - 1);
  found.reasons.push_back(std::move(text));
  found.half = false;
}

// Whether who owns a mailbox let the application in himself, or signs in with it: then that it
// reads him is what it is for.
class Users {
 public:
  Users(const Case& subject, const Consents& consents) : subject_(subject), consents_(consents) {
    for (const HeldGrant& held : subject.facts.grants) {
      if (held.grant->principal) ids_.insert(held.grant->principal->str());
    }
    for (const auto* sign_in : subject.facts.sign_ins) {
      if (may_have_succeeded(*sign_in)) ids_.insert(sign_in->user.str());
      if (sign_in->user_principal_name) names_.insert(to_lower(*sign_in->user_principal_name));
    }
  }
  // Unknown who he is counts as his own.
  [[nodiscard]] bool is_own(const MailAccess& access) const {
    const domain::User* owner = subject_.context.index.user_named(access.mailbox);
    if (consents_.knows(access.mailbox) || names_.contains(access.mailbox)) return true;
    if (owner != nullptr) return is_known(owner->id.str());
    if (!was_read(subject_, source::grants)) return true;
    return !ids_.empty() && (!access.user || is_known(access.user->str()));
  }

 private:
  [[nodiscard]] bool is_known(std::string_view id) const {
    return ids_.contains(id) || consents_.knows(id);
  }
  const Case& subject_;
  const Consents& consents_;
  std::set<std::string_view> ids_;
  std::set<std::string> names_;
};

void add_many(const Case& subject, const Consents& consents, WideAccess wide, Found& found) {
  if (subject.facts.accesses.size() < many_mailboxes) return;
  const Users users(subject, consents);
  std::map<std::chrono::sys_days, std::map<std::string_view, const MailAccess*>> by_day;
  for (const auto* access : subject.facts.accesses) {
    if (users.is_own(*access)) continue;
    by_day[std::chrono::floor<std::chrono::days>(access->first)].emplace(access->mailbox, access);
  }
  const auto most = std::max_element(
      by_day.begin(), by_day.end(),
      [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  if (most == by_day.end() || most->second.size() < many_mailboxes) return;
  found.wide = wide == WideAccess::older;
  if (found.wide) return;
  for (const auto& [mailbox, access] : most->second) found.evidence.push_back(access->id.str());
  std::string text =
      fmt::format("{} mailboxes of people who did not let it in themselves were read on {}",
                  most->second.size(), format_time(Time(most->first)).substr(0, 10));
  if (wide == WideAccess::in_window) {
    text += "; it was let into the mailboxes of the whole tenant lately: counts half";
  } else if (wide == WideAccess::unknown) {
    text += "; whether it is let into the mailboxes of the whole tenant is not known: counts half";
  }
  found.half = found.half && wide != WideAccess::no;
  found.reasons.push_back(std::move(text));
}

void add_throttled(const Case& subject, WideAccess wide, Found& found) {
  const MailAccess* first = nullptr;
  std::size_t count = 0;
  std::vector<std::string> ids;
  for (const auto* access : subject.facts.accesses) {
    if (!access->throttled) continue;
    if (first == nullptr) first = access;
    ids.push_back(access->id.str());
    ++count;
  }
  if (first == nullptr) return;
  if (wide == WideAccess::older || wide == WideAccess::in_window) {
    found.wide = true;
    return;
  }
  found.half = false;
  for (const std::string& id : ids) found.evidence.push_back(id);
  found.reasons.push_back(fmt::format(
      "so much was read of {}{} on {} that the log does not hold all of it (throttled)",
      printable(first->mailbox, 80), count > 1 ? fmt::format(" and {} more", count - 1) : "",
      format_time(first->first).substr(0, 10)));
}

bool shows_script(const AppFacts& facts) {
  return std::any_of(facts.accesses.begin(), facts.accesses.end(), [](const auto* access) {
    return access->client_info && script_in(*access->client_info) != nullptr;
  });
}

Answer much_read(const Case& subject, const Found& found, int weight) {
  std::string reason;
  for (const std::string& one : found.reasons) reason += (reason.empty() ? "" : "; ") + one;
  std::vector<std::string> evidence;
  std::set<std::string_view> put;
  for (const std::string& id : found.evidence) {
    if (put.insert(id).second) evidence.push_back(id);
  }
  if (found.half) weight /= 2;
  if (subject.entry != nullptr && is_common_client(*subject.entry) &&
      !shows_script(subject.facts)) {
    reason += "; the first synchronisation of a common mail client looks the same: counts half";
    weight /= 2;
  }
  return hit(weight, std::move(reason), std::move(evidence));
}

// A read so early in the log that the consent before it may be older than the log.
const MailAccess* at_the_edge(const Case& subject, const Consents& consents) {
  const auto since = subject.context.snapshot.coverage.logs_since;
  if (!since) return nullptr;
  const auto& all = subject.facts.accesses;
  const auto found = std::find_if(all.begin(), all.end(), [&](const MailAccess* access) {
    return access->first < *since + soon && consents.before(*access) == nullptr;
  });
  return found != all.end() ? *found : nullptr;
}

// Nothing, as long as the logs are whole.
Answer nothing_read(const Case& subject) {
  for (const std::string_view needs : {source::mail_accesses, source::audits}) {
    if (was_read(subject, needs)) continue;
    return not_evaluable(why_not_read(subject, needs), to_read(needs));
  }
  return miss("it read no mail in the time of the log");
}

Answer little_read(const Case& subject, const Consents& consents,
                   const std::vector<ReadAfter>& reads, bool wide) {
  Answer nothing = nothing_read(subject);
  if (nothing.state == domain::SignalState::not_evaluable) return nothing;
  if (const std::size_t hidden = hidden_reads(subject, consents); hidden > 0) {
    return not_evaluable(
        fmt::format("{} rows of reads through EWS of its users' mailboxes hide the application",
                    hidden),
        "ClientAppId in MailItemsAccessed, which EWS does not fill");
  }
  if (subject.facts.accesses.empty()) return nothing;
  if (const MailAccess* early = at_the_edge(subject, consents)) {
    return not_evaluable(fmt::format("record {} is from the first minutes of the log: the consent "
                                     "before it may be older",
                                     printable(early->id.str(), 60)),
                         "directoryAudits from before the first read");
  }
  if (wide) {
    return miss(
        "it is let into the mailboxes of the whole tenant: that it reads many of them, or "
        "much, says nothing");
  }
  std::set<std::string_view> mailboxes;
  for (const auto* access : subject.facts.accesses) mailboxes.insert(access->mailbox);
  std::string reason =
      fmt::format("{} {} read, not within {} of a consent", mailboxes.size(),
                  mailboxes.size() == 1 ? "mailbox was" : "mailboxes were", span_text(soon));
  if (!reads.empty()) {
    reason += fmt::format(": the soonest {} after it", span_text(reads.front().after()));
  }
  return miss(std::move(reason));
}

}  // namespace

Answer mail_read_at_once(const Case& subject, int weight) {
  // Most applications of a tenant end here.
  const bool hidden = subject.context.index.has_hidden_reads();
  if (subject.facts.accesses.empty() && !hidden) return nothing_read(subject);
  const Consents consents(subject);
  const auto reads = reads_after(subject, consents);
  Found found;
  add_soon(reads, found);
  const WideAccess wide = wide_access(subject, consents);
  add_many(subject, consents, wide, found);
  add_throttled(subject, wide, found);
  return !found.reasons.empty() ? much_read(subject, found, weight)
                                : little_read(subject, consents, reads, found.wide);
}

}  // namespace clawback::detect
