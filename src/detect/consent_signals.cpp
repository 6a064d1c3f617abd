#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "detect/access.hpp"
#include "detect/signal.hpp"
#include "detect/uses.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;

// Refused for one user and granted by another was 44 seconds apart in real records. Somebody who
// first has to find a colleague that can consent needs longer; after an hour it is another story.
constexpr Duration granted_after = std::chrono::minutes(60);

bool speaks_of_risk(const Happening& event) {
  return to_lower(event.refusal.substr(0, 200)).find("risky") != std::string::npos;
}

// "Risky application detected" is also the reason of a later success by an administrator.
bool called_risky(const Happening& event) {
  return event.kind == HappeningKind::consent && !event.refused && speaks_of_risk(event);
}

bool is_refused_consent(const Happening& event) {
  return event.kind == HappeningKind::consent && event.refused;
}

std::string reason_of(const Happening& refused) {
  return refused.refusal.empty() ? "the record says no reason" : printable(refused.refusal, 120);
}

// Whoever acted, by id or by name in lower case; empty: the record does not say.
std::string actor_key(const Case& subject, const Happening& event) {
  std::string id = actor_of(subject, event);
  const auto& name = event.event->actor_user_principal_name;
  return id.empty() && name ? to_lower(*name) : id;
}

// He turned back himself, or nothing says why: then that he consents later is no way around it.
bool may_be_cancelled(const Happening& refused) {
  return refused.refusal.empty() ||
         to_lower(refused.refusal.substr(0, 200)).find("declined") != std::string::npos;
}

// Whoever let it in after a refusal. `quarters` of the weight; 0: there is none.
struct Pair {
  const Happening* refused = nullptr;
  const Happening* granted = nullptr;
  int quarters = 0;
  bool same_user = false;
};

// The latest refusals at a moment.
struct Refusals {
  struct One {
    const Happening* event = nullptr;
    std::string actor;
  };
  const Happening* risky = nullptr;
  One last;
  One other;                                   // the latest whose actor is not that of the last
  std::map<std::string, const Happening*> of;  // by actor: those that no cancelling explains

  void add(const Happening& event, std::string actor) {
    if (speaks_of_risk(event)) risky = &event;
    if (!actor.empty() && !may_be_cancelled(event)) of[actor] = &event;
    if (last.event != nullptr && actor != last.actor) other = last;
    last = {.event = &event, .actor = std::move(actor)};
  }
  [[nodiscard]] Pair before(const Happening& granted, const std::string& actor) const {
    const auto near = [&](const Happening* refused) {
      return refused != nullptr && granted.event->time - refused->event->time <= granted_after;
    };
    const bool own = !actor.empty() && last.actor == actor;
    const Happening* foreign = own ? other.event : last.event;
    if (near(risky)) return {.refused = risky, .granted = &granted, .quarters = 4};
    if (near(foreign)) {
      const int quarters = granted.admin_consent == true ? 2 : 4;
      return {.refused = foreign, .granted = &granted, .quarters = quarters};
    }
    const auto same = of.find(actor);
    if (same == of.end() || !near(same->second)) return {};
    return {.refused = same->second, .granted = &granted, .quarters = 1, .same_user = true};
  }
};

// The pair that says most. A consent says more than the grants and roles that come with it.
Pair refused_and_granted(const Case& subject) {
  Pair best;
  Refusals refusals;
  const auto is_consent = [](const Pair& pair) {
    return pair.granted != nullptr && pair.granted->kind == HappeningKind::consent;
  };
  for (const Happening* event : subject.facts.events) {
    if (is_refused_consent(*event) && in_window(subject, event->event->time)) {
      refusals.add(*event, actor_key(subject, *event));
    }
    if (refusals.last.event == nullptr || !gives(*event)) continue;
    const std::string actor = actor_key(subject, *event);
    Pair pair = refusals.before(*event, actor);
    pair.same_user =
        pair.refused != nullptr && !actor.empty() && actor_key(subject, *pair.refused) == actor;
    if (std::pair(pair.quarters, is_consent(pair)) > std::pair(best.quarters, is_consent(best))) {
      best = pair;
    }
  }
  return best;
}

Answer refused_then_granted(const Pair& pair, int weight) {
  const Happening& refused = *pair.refused;
  const Happening& granted = *pair.granted;
  const Duration after = granted.event->time - refused.event->time;
  std::string reason =
      fmt::format("it was refused to {} on {} ({}), and {} later {} let it in", who(*refused.event),
                  format_time(refused.event->time), reason_of(refused), span_text(after),
                  pair.same_user ? "the same user" : who(*granted.event));
  if (!pair.same_user && granted.admin_consent == true) {
    reason += "; an administrator who grants what a user asked for looks the same";
    // Refused because it was thought risky, or only because it takes an administrator.
    if (pair.quarters == 2) {
      reason += ", and no risk was the reason for the refusal: counts half";
    }
  }
  if (pair.quarters == 1) {
    reason += "; no risk was the reason for the refusal, and people try again: counts a quarter";
  }
  return hit(weight * pair.quarters / 4, std::move(reason),
             {refused.event->id.str(), granted.event->id.str()});
}

// When each user last let it in.
std::map<std::string, Time> last_given(const Case& subject) {
  std::map<std::string, Time> out;
  for (const Happening* event : subject.facts.events) {
    if (gives(*event)) out[actor_key(subject, *event)] = event->event->time;
  }
  return out;
}

bool gives_one_user(const Happening& event) {
  // The grants themselves say it best; a consent that shows none has the flag.
  if (event.changes.empty()) return event.for_everyone == false;
  return std::any_of(event.changes.begin(), event.changes.end(), [](const GrantChange& change) {
    return change.after && change.consent == domain::ConsentType::principal;
  });
}

}  // namespace

Answer refused_consent(const Case& subject, int weight) {
  const Pair pair = refused_and_granted(subject);
  if (pair.granted != nullptr) return refused_then_granted(pair, weight);
  const auto given = last_given(subject);
  const Happening* risky = nullptr;
  const Happening* refused = nullptr;  // the latest
  // One refusal stands in Graph's log and in the Unified Audit Log under two ids.
  std::set<std::pair<std::string, std::chrono::sys_seconds>> counted;
  bool old = false;
  bool cancelled = false;
  for (const Happening* event : subject.facts.events) {
    if (!is_refused_consent(*event) && !called_risky(*event)) continue;
    if (!in_window(subject, event->event->time)) {
      old = true;
      continue;
    }
    if (!event->refused) {
      if (risky == nullptr) risky = event;
      continue;
    }
    std::string actor = actor_key(subject, *event);
    const auto later = given.find(actor);
    if (!actor.empty() && may_be_cancelled(*event) && later != given.end() &&
        later->second >= event->event->time) {
      cancelled = true;
      continue;
    }
    refused = event;
    counted.emplace(std::move(actor), std::chrono::floor<std::chrono::seconds>(event->event->time));
  }
  if (risky != nullptr) {
    return hit(weight,
               fmt::format("{} let it in on {} although Microsoft's check said \"{}\"",
                           who(*risky->event), format_time(risky->event->time), reason_of(*risky)),
               {risky->event->id.str()});
  }
  if (refused != nullptr) {
    return hit(weight / 2,
               fmt::format("it was refused {}, the last time to {} on {} ({}); nobody let it in "
                           "within {}, so this counts half",
                           counted.size() == 1 ? "once" : fmt::format("{} times", counted.size()),
                           who(*refused->event), format_time(refused->event->time),
                           reason_of(*refused), span_text(granted_after)),
               {refused->event->id.str()});
  }
  if (!was_read(subject, source::audits)) {
    return not_evaluable(why_not_read(subject, source::audits), to_read(source::audits));
  }
  if (cancelled) {
    return miss("who was refused without a reason, or declined, let it in himself later");
  }
  return miss(old ? "it was refused before the time that is looked at, and not since"
                  : "no consent to it was refused");
}

Answer consent_for_himself(const Case& subject, int weight) {
  const Happening* found = nullptr;
  for (const Happening* event : subject.facts.events) {
    const bool privileged = event->kind == HappeningKind::consent && !event->refused &&
                            event->admin_consent == true && gives_one_user(*event);
    if (privileged) found = event;
  }
  if (found != nullptr) {
    return hit(weight,
               fmt::format("{} has the rights of an administrator and let it in for himself alone "
                           "on {}: risk checks and limits for users do not hold him back",
                           who(*found->event), format_time(found->event->time)),
               {found->event->id.str()});
  }
  if (!was_read(subject, source::audits)) {
    return not_evaluable(why_not_read(subject, source::audits), to_read(source::audits));
  }
  return miss("no administrator consented to it for himself");
}

}  // namespace clawback::detect
