#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "detect/access.hpp"
#include "detect/history.hpp"
#include "detect/replay.hpp"
#include "detect/signal.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;
using domain::MailReach;

// What somebody let it do that it could not do before.
struct Gain {
  Growth growth;
  MailReach before;
  bool direct = false;  // no consent stands beside the record
};

bool adds_to(const MailReach& before, const MailReach& added) { return (before | added) != before; }

std::string whose(const domain::GrantKey& key) {
  return key.principal ? "of user " + printable(key.principal->str(), 60)
                       : std::string("for everyone in the tenant");
}

bool concerns(const Happening& consent, const Happening& change, const domain::GrantKey& key) {
  const auto& actor = change.event->actor_user;
  if (actor && consent.event->actor_user == actor) return true;
  return std::any_of(consent.changes.begin(), consent.changes.end(),
                     [&](const GrantChange& one) { return one.principal == key.principal; });
}

// The consent that a change of a grant belongs to; nullptr: it was changed directly, by Graph or
// PowerShell, which shows nobody a consent page.
const Happening* consent_of(const Case& subject, const Happening& change,
                            const domain::GrantKey& key) {
  const auto& events = subject.facts.events;
  const Time time = change.event->time;
  auto at = std::lower_bound(
      events.begin(), events.end(), time - same_act,
      [](const Happening* event, Time wanted) { return event->event->time < wanted; });
  for (; at != events.end() && (*at)->event->time - time <= same_act; ++at) {
    const Happening& one = **at;
    if (one.kind == HappeningKind::consent && !one.refused && concerns(one, change, key))
      return &one;
  }
  return nullptr;
}

bool is_direct(const Case& subject, const Growth& growth) {
  return growth.event != nullptr && growth.event->kind == HappeningKind::grant_changed &&
         consent_of(subject, *growth.event, growth.key) == nullptr;
}

// Grants with mail that a record made without any consent, as if they had grown out of nothing.
std::vector<Growth> made_directly(const Case& subject) {
  std::vector<Growth> out;
  for (const GrantTrack& track : replay(subject.facts.events)) {
    if (track.made == nullptr || track.made->kind != HappeningKind::grant_changed) continue;
    for (const GrantChange& change : track.made->changes) {
      const domain::GrantKey key{
          .client = change.client, .resource = change.resource, .principal = change.principal};
      if (key != track.key || !change.after) continue;
      Growth made{.grant = track.id, .key = key, .before = {}, .added = *change.after};
      made.event = track.made;
      made.time = track.made->event->time;
      if (is_direct(subject, made)) out.push_back(std::move(made));
    }
  }
  return out;
}

// clawback's undo gives back what was there: nobody's doing, and journalled.
bool is_own(const Case& subject, const Growth& growth) {
  if (growth.event == nullptr || !growth.event->event->actor_app) return false;
  const auto& own = subject.context.own_apps;
  return std::find(own.begin(), own.end(), *growth.event->event->actor_app) != own.end();
}

// Growths that reach more mail than the grant did.
std::vector<Gain> gains_of(const Case& subject, std::vector<Growth> growths) {
  std::vector<Gain> out;
  for (Growth& growth : growths) {
    const MailReach before = reach_of(subject, growth.key.resource, growth.before);
    const MailReach added = reach_of(subject, growth.key.resource, growth.added);
    if (!adds_to(before, added) || is_own(subject, growth)) continue;
    const bool direct = is_direct(subject, growth);
    out.push_back({.growth = std::move(growth), .before = before, .direct = direct});
  }
  return out;
}

// A removal by its name that shows more scopes behind than before.
const Happening* misleading(const Growth& growth) {
  std::vector<const Happening*> records = growth.repeats;
  if (growth.event != nullptr) records.push_back(growth.event);
  for (const Happening* record : records) {
    if (to_lower(record->event->activity.substr(0, 80)).starts_with("remove ")) return record;
  }
  return nullptr;
}

std::string when_and_who(const Growth& growth) {
  if (growth.event != nullptr) {
    return fmt::format("on {} by {}", format_time(growth.event->event->time),
                       who(*growth.event->event));
  }
  if (growth.time && growth.not_before) {
    return fmt::format("between the snapshots of {} and {}, by whom no record shows",
                       format_time(*growth.not_before), format_time(*growth.time));
  }
  return growth.time ? fmt::format("by {}, as a snapshot shows; by whom no record tells",
                                   format_time(*growth.time))
                     : std::string("at a time that is not known, as snapshots show");
}

std::string grew_text(const Gain& gain) {
  const Growth& growth = gain.growth;
  std::string text =
      fmt::format("its grant {} grew {}: {} came to {}", whose(growth.key), when_and_who(growth),
                  scope_list(growth.added), scope_list(growth.before));
  if (gain.before.any()) return text;
  text += "; it was harmless first";
  if (growth.made != nullptr && growth.time && *growth.time >= growth.made->event->time) {
    text += fmt::format(" and reached mail {} after it was made",
                        span_text(*growth.time - growth.made->event->time));
  }
  return text;
}

std::string describe(const Gain& gain) {
  const Growth& growth = gain.growth;
  const bool is_made = growth.before.empty() && growth.event != nullptr && gain.direct;
  std::string text = is_made ? fmt::format("a grant {} was made directly {}: {}", whose(growth.key),
                                           when_and_who(growth), scope_list(growth.added))
                             : grew_text(gain);
  if (gain.direct) text += "; no consent stands beside it: it was written by Graph or PowerShell";
  if (const Happening* record = misleading(growth)) {
    text +=
        fmt::format("; record {} is called \"{}\" and yet shows scopes added",
                    printable(record->event->id.str(), 80), printable(record->event->activity, 60));
  }
  return text;
}

std::vector<std::string> evidence_of(const Case& subject, const std::vector<Gain>& gains) {
  std::vector<std::string> ids;
  const auto put = [&](const std::string& id) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  };
  constexpr std::size_t shown_max = 20;
  for (std::size_t i = 0; i < gains.size() && i < shown_max; ++i) {
    const Growth& growth = gains[i].growth;
    if (growth.event == nullptr) {
      put(growth.grant.str());
      continue;
    }
    if (growth.made != nullptr) put(growth.made->event->id.str());
    put(growth.event->event->id.str());
    for (const Happening* record : growth.repeats) put(record->event->id.str());
    if (const auto* consent = consent_of(subject, *growth.event, growth.key)) {
      put(consent->event->id.str());
    }
  }
  return ids;
}

// Which of several is told: the one that opened mail where there was none, then the latest.
bool tells_more(const Gain& a, const Gain& b) {
  const auto rank = [](const Gain& gain) {
    const auto time = gain.growth.time.value_or(Time::min());
    return std::tuple(gain.growth.key.principal.has_value() ? 0 : 1, gain.before.any() ? 0 : 1,
                      gain.direct ? 1 : 0, time);
  };
  return rank(b) < rank(a) || (rank(a) == rank(b) && a.growth.key < b.growth.key);
}

// Most applications never had anything to do with mail: nothing of theirs needs to be replayed.
bool ever_reached_mail(const AppFacts& facts) {
  const auto reaches = [](const std::vector<std::string>& scopes) {
    return std::any_of(scopes.begin(), scopes.end(), [](const std::string& scope) {
      return domain::mail_reach_of_scope(scope).any();
    });
  };
  if (std::any_of(facts.grants.begin(), facts.grants.end(),
                  [](const HeldGrant& held) { return held.reach.any(); })) {
    return true;
  }
  return std::any_of(facts.events.begin(), facts.events.end(), [&](const Happening* event) {
    return std::any_of(event->changes.begin(), event->changes.end(),
                       [&](const auto& change) { return change.after && reaches(*change.after); });
  });
}

}  // namespace

Answer grown_grant(const Case& subject, int weight) {
  if (!ever_reached_mail(subject.facts)) {
    if (!was_read(subject, source::audits)) {
      return not_evaluable(why_not_read(subject, source::audits), to_read(source::audits));
    }
    return miss("none of its grants ever reached mail");
  }
  std::vector<Growth> all = growths(subject);
  const bool grew = !all.empty();
  std::vector<Gain> gains = gains_of(subject, std::move(all));
  std::vector<Gain> made = gains_of(subject, made_directly(subject));
  // That no consent stands beside a record, only the whole log shows.
  const bool whole = was_read(subject, source::audits);
  if (!whole) {
    made.clear();
    for (Gain& gain : gains) gain.direct = false;
  }
  gains.insert(gains.end(), made.begin(), made.end());
  std::optional<Time> old;
  std::erase_if(gains, [&](const Gain& gain) {
    const bool inside = !gain.growth.time || in_window(subject, *gain.growth.time);
    if (!inside) old = std::max(old.value_or(Time::min()), *gain.growth.time);
    return !inside;
  });
  std::sort(gains.begin(), gains.end(), tells_more);
  if (!gains.empty()) {
    std::string reason = describe(gains.front());
    if (gains.size() > 1) reason += fmt::format("; {} more such changes", gains.size() - 1);
    return hit(weight, std::move(reason), evidence_of(subject, gains));
  }
  if (!whole) return not_evaluable(why_not_read(subject, source::audits), to_read(source::audits));
  if (old) {
    return miss(fmt::format("it came to reach more mail on {}, before the time that is looked at",
                            format_time(*old)));
  }
  return miss(grew ? "its grants grew, but not to more mail" : "none of its grants grew");
}

}  // namespace clawback::detect
