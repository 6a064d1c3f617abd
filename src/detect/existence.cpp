#include "detect/existence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "detect/signal.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;

bool reaches_mail(const std::vector<std::string>& scopes) {
  return std::any_of(scopes.begin(), scopes.end(), [](const std::string& scope) {
    return domain::mail_reach_of_scope(scope).any();
  });
}

struct Tally {
  std::size_t before = 0;
  std::size_t within = 0;
  std::size_t unknown = 0;
};

void count(const domain::GrantHistory& one, Time start, Tally& tally) {
  const auto since = [&](const std::optional<Time>& time) { return time && *time >= start; };
  const auto until = [&](const std::optional<Time>& time) { return time && *time < start; };
  const bool gained = reaches_mail(one.added_scopes);
  // Only two snapshots show that it grew, and the first is from before the window.
  const bool undated = !one.last_changed || (since(one.last_changed) && until(one.changed_after));
  if (since(one.first_seen) || since(one.not_before) ||
      (gained && !undated && since(one.last_changed))) {
    ++tally.within;
  } else if (!(gained && undated) && (until(one.first_seen) || until(one.not_after))) {
    ++tally.before;
  } else {
    ++tally.unknown;
  }
}

void count(Time given, Time start, Tally& tally) {
  ++(given >= start ? tally.within : tally.before);
}

void count_roles(const Case& subject, Time start, Tally& tally) {
  for (const auto* role : subject.facts.roles) {
    const auto reach = subject.context.index.reach(*role);
    if (reach && !reach->any()) continue;
    if (role->created) {
      count(*role->created, start, tally);
    } else {
      ++tally.unknown;
    }
  }
  if (was_read(subject, source::app_roles)) return;
  for (const Happening* event : subject.facts.events) {
    if (event->kind != HappeningKind::app_role_added || event->refused) continue;
    const auto& values = event->values;
    const bool mail = std::any_of(values.begin(), values.end(), [](const std::string& value) {
      return domain::mail_reach_of_app_role(value).any();
    });
    if (mail) count(event->event->time, start, tally);
  }
}

// What is held stands in the inventory, what was given since in the log: without both of them there
// may be more.
std::string_view unread(const Case& subject) {
  if (was_read(subject, source::audits)) return {};
  for (const std::string_view name : {source::grants, source::app_roles}) {
    if (!was_read(subject, name)) return name;
  }
  return {};
}

}  // namespace

Existence existence(const Case& subject, const std::vector<domain::GrantHistory>& histories) {
  const auto start = subject.context.window_start;
  if (!start) return {.state = domain::Existence::unknown, .reason = "no window is given"};
  Tally tally;
  for (const auto& one : histories) {
    if (one.present && reaches_mail(one.scopes)) count(one, *start, tally);
  }
  count_roles(subject, *start, tally);
  const std::string begin = format_time(*start);
  if (tally.within > 0) {
    return {.state = domain::Existence::in_window,
            .reason = fmt::format("access to mail was given or grew since {}", begin)};
  }
  if (tally.unknown > 0 || tally.before == 0) {
    return {.state = domain::Existence::unknown,
            .reason = tally.unknown > 0
                          ? fmt::format("when it was given is not known for {} of {}",
                                        tally.unknown, tally.unknown + tally.before)
                          : std::string("it holds no access to mail whose time could be known")};
  }
  if (const std::string_view source = unread(subject); !source.empty()) {
    return {.state = domain::Existence::unknown,
            .reason = "it may hold more than what is known: " + why_not_read(subject, source)};
  }
  return {.state = domain::Existence::pre_existing,
          .reason = fmt::format("all of its access to mail was given before {}", begin)};
}

bool shows_activity(const std::vector<domain::SignalResult>& signals) {
  constexpr std::array<std::string_view, 12> active = {"D10", "D13", "D14", "D16", "D17", "D18",
                                                       "D19", "D20", "D21", "D22", "D23", "D25"};
  return std::any_of(signals.begin(), signals.end(), [&](const domain::SignalResult& signal) {
    return signal.state == domain::SignalState::hit &&
           std::find(active.begin(), active.end(), signal.id) != active.end();
  });
}

}  // namespace clawback::detect
