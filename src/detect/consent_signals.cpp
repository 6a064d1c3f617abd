#include <fmt/format.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "detect/access.hpp"
#include "detect/signal.hpp"

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

struct Pair {
  const Happening* refused = nullptr;
  const Happening* granted = nullptr;
};

// Whoever let it in after a refusal, and the refusal nearest before. A consent says more than the
// grants and roles that come with it.
Pair refused_and_granted(const Case& subject) {
  Pair other;
  const Happening* refused = nullptr;
  for (const Happening* event : subject.facts.events) {
    if (is_refused_consent(*event) && in_window(subject, event->event->time)) refused = event;
    if (refused == nullptr || !gives(*event)) continue;
    if (event->event->time - refused->event->time > granted_after) continue;
    if (event->kind == HappeningKind::consent) return {.refused = refused, .granted = event};
    if (other.granted == nullptr) other = {.refused = refused, .granted = event};
  }
  return other;
}

bool same_user(const Happening& a, const Happening& b) {
  return a.event->actor_user && a.event->actor_user == b.event->actor_user;
}

Answer refused_then_granted(const Happening& refused, const Happening& granted, int weight) {
  const Duration after = granted.event->time - refused.event->time;
  std::string reason =
      fmt::format("it was refused to {} on {} ({}), and {} later {} let it in", who(*refused.event),
                  format_time(refused.event->time), reason_of(refused), span_text(after),
                  same_user(refused, granted) ? "the same user" : who(*granted.event));
  if (!same_user(refused, granted) && granted.admin_consent == true) {
    reason += "; an administrator who grants what a user asked for looks the same";
    // Refused because it was thought risky, or only because it takes an administrator.
    if (!speaks_of_risk(refused)) {
      weight /= 2;
      reason += ", and no risk was the reason for the refusal: counts half";
    }
  }
  return hit(weight, std::move(reason), {refused.event->id.str(), granted.event->id.str()});
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
  if (pair.granted != nullptr) return refused_then_granted(*pair.refused, *pair.granted, weight);
  const Happening* risky = nullptr;
  const Happening* refused = nullptr;  // the latest
  std::size_t count = 0;
  bool old = false;
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
    refused = event;
    ++count;
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
                           count == 1 ? "once" : fmt::format("{} times", count),
                           who(*refused->event), format_time(refused->event->time),
                           reason_of(*refused), span_text(granted_after)),
               {refused->event->id.str()});
  }
  if (!was_read(subject, source::audits)) {
    return not_evaluable(why_not_read(subject, source::audits), to_read(source::audits));
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
