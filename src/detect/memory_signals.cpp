#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/safe_text.hpp"
#include "detect/history.hpp"
#include "detect/signal.hpp"
#include "detect/uses.hpp"

// What only shows against what is remembered: of other tenants, and of earlier use.
namespace clawback::detect {
namespace {

namespace source = domain::source;

constexpr auto at_once = std::chrono::days(7);
constexpr auto dormant = std::chrono::days(90);
constexpr std::string_view state_database = "the state database of earlier passes";

Duration between(Time a, Time b) { return a < b ? b - a : a - b; }

long long days_of(Duration span) {
  return static_cast<long long>(std::chrono::floor<std::chrono::days>(span).count());
}

bool has_other_tenants(const Case& subject) {
  const auto& sightings = subject.context.memory->sightings;
  return std::any_of(sightings.begin(), sightings.end(), [&](const domain::Sighting& one) {
    return one.tenant != subject.context.snapshot.tenant;
  });
}

std::vector<const domain::Sighting*> elsewhere(const Case& subject) {
  const auto& all = subject.context.memory->sightings;
  const auto& id = subject.facts.app->app_id;
  auto at = std::lower_bound(all.begin(), all.end(), id, [](const auto& one, const auto& wanted) {
    return one.app_id < wanted;
  });
  std::vector<const domain::Sighting*> out;
  for (; at != all.end() && at->app_id == id; ++at) {
    if (at->tenant != subject.context.snapshot.tenant) out.push_back(&*at);
  }
  return out;
}

// What D22 looks at: when it was used or given something, and what shows it.
struct Moment {
  Time time;
  std::string what;
  std::string record;
  bool sure = true;  // false: a sign-in that may have failed
};

std::vector<Moment> uses(const Case& subject) {
  std::vector<Moment> out;
  for (const auto* one : subject.facts.sign_ins) {
    if (!may_have_succeeded(*one)) continue;
    out.push_back(
        {.time = one->time, .what = "a sign-in", .record = one->id.str(), .sure = succeeded(*one)});
  }
  for (const auto* one : subject.facts.accesses) {
    out.push_back({.time = one->first, .what = "access to mail", .record = one->id.str()});
    out.push_back({.time = one->last, .what = "access to mail", .record = one->id.str()});
  }
  const auto* activity = subject.facts.activity;
  if (activity != nullptr && activity->last_used) {
    out.push_back({.time = *activity->last_used,
                   .what = "a use that Microsoft counted",
                   .record = activity->app_id.str()});
  }
  return out;
}

std::vector<Moment> gifts(const Case& subject) {
  std::vector<Moment> out;
  const auto add = [&](Time time, const domain::GrantHistory& history) {
    out.push_back({.time = time,
                   .what = "a grant",
                   .record = history.records.empty() ? history.id.str() : history.records.back()});
  };
  // Without a record and without memory no grant has a time.
  const bool timed = !subject.facts.events.empty() || !subject.facts.remembered.empty();
  const auto ledger = timed ? histories(subject) : std::vector<domain::GrantHistory>();
  for (const auto& history : ledger) {
    if (history.first_seen) add(*history.first_seen, history);
    if (!history.added_scopes.empty() && history.last_changed) add(*history.last_changed, history);
  }
  for (const Happening* event : subject.facts.events) {
    if (event->refused || event->kind != HappeningKind::app_role_added) continue;
    out.push_back({.time = event->event->time,
                   .what = "an application permission",
                   .record = event->event->id.str()});
  }
  return out;
}

// The last use that is known from before `when`.
std::optional<Time> last_use_before(const std::vector<Moment>& uses,
                                    const domain::RememberedApp* known, Time when) {
  std::optional<Time> last;
  const auto note = [&](Time time) {
    if (time < when && (!last || time > *last)) last = time;
  };
  for (const Moment& use : uses) note(use.time);
  if (known != nullptr && known->last_used) note(*known->last_used);
  return last;
}

Answer nothing_new(const Case& subject) {
  const auto* activity = subject.facts.activity;
  // Microsoft's own count of the last use stands for the sign-ins.
  const bool use_known = was_read(subject, source::sign_ins) || activity != nullptr;
  if (use_known && was_read(subject, source::audits)) {
    return miss("it was neither used nor given anything in the time that is looked at");
  }
  const auto lacking = use_known ? source::audits : source::sign_ins;
  return not_evaluable(fmt::format("whether it was used or given anything is not known: {}",
                                   why_not_read(subject, lacking)),
                       to_read(lacking));
}

}  // namespace

Answer new_in_several_tenants(const Case& subject, int weight) {
  const auto* app = subject.facts.app;
  if (subject.context.memory == nullptr) {
    return not_evaluable("nothing is remembered of other tenants: there is no state database",
                         std::string(state_database));
  }
  if (!has_other_tenants(subject)) {
    return not_evaluable("this installation looks after one tenant only",
                         "other tenants in the state database");
  }
  if (app == nullptr || app->app_id.empty()) {
    return not_evaluable("its app id is not known", to_read(source::service_principals));
  }
  const auto here = first_seen(subject);
  if (!here) {
    return not_evaluable("since when it is in this tenant is not known",
                         fmt::format("createdDateTime of {}, or {}", source::service_principals,
                                     to_read(source::audits)));
  }
  if (subject.context.now - *here > young) {
    return miss(fmt::format("it is not new here: it came on {}", format_time(*here)));
  }
  std::vector<std::string> tenants;
  std::string first;
  for (const auto* one : elsewhere(subject)) {
    if (between(one->first_seen, *here) > at_once) continue;
    if (tenants.empty()) first = format_time(one->first_seen);
    tenants.push_back("tenant " + printable(one->tenant.str(), 60));
  }
  if (tenants.empty()) return miss("it did not come into another tenant within 7 days of this one");
  std::string reason = fmt::format(
      "it came into this tenant on {}, and within 7 days of that into {} other{}: {} on {}",
      format_time(*here), tenants.size(), tenants.size() == 1 ? "" : "s", tenants.front(), first);
  return hit(weight, std::move(reason), std::move(tenants));
}

Answer woke_up(const Case& subject, int weight) {
  const auto start = subject.context.window_start;
  const auto used = uses(subject);
  std::vector<Moment> moments = gifts(subject);
  moments.insert(moments.end(), used.begin(), used.end());
  std::erase_if(moments, [&](const Moment& one) { return start && one.time < *start; });
  const bool in_doubt =
      std::any_of(moments.begin(), moments.end(), [](const Moment& one) { return !one.sure; });
  std::erase_if(moments, [](const Moment& one) { return !one.sure; });
  std::sort(moments.begin(), moments.end(), [](const Moment& a, const Moment& b) {
    return std::tie(a.time, a.record, a.what) < std::tie(b.time, b.record, b.what);
  });
  if (moments.empty() && !in_doubt) return nothing_new(subject);
  const auto* known = remembered(subject);
  const auto* activity = subject.facts.activity;
  const bool never_used = activity != nullptr && !activity->last_used;
  const auto came = first_seen(subject);
  bool prior_known = false;
  for (const Moment& one : moments) {
    if (const auto last = last_use_before(used, known, one.time)) {
      prior_known = true;
      if (one.time - *last <= dormant) continue;
      return hit(weight,
                 fmt::format("{} on {}, after {} days without any use that is known (the last was "
                             "on {})",
                             one.what, format_time(one.time), days_of(one.time - *last),
                             format_time(*last)),
                 {one.record});
    }
    if (never_used && came && one.time - *came > dormant) {
      return hit(
          weight,
          fmt::format("{} on {}; it is here since {} and was never used, as far as Microsoft "
                      "keeps it",
                      one.what, format_time(one.time), format_time(*came)),
          {one.record});
    }
    prior_known = prior_known || (came && one.time - *came <= dormant);
  }
  if (in_doubt) {
    return not_evaluable(unsaid_sign_ins(subject.facts),
                         "the error code (or ResultType) of " + to_read(source::sign_ins));
  }
  if (prior_known) return miss("it was not unused for 90 days before anything that happened");
  return not_evaluable("when it was last used before is not known",
                       fmt::format("{}, or {}", state_database, to_read(source::app_activities)));
}

}  // namespace clawback::detect
