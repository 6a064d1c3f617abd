#include "detect/existence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace clawback::detect {
namespace {

bool reaches_mail(const domain::GrantHistory& history) {
  return std::any_of(history.scopes.begin(), history.scopes.end(), [](const std::string& scope) {
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
  const bool grew = !one.added_scopes.empty() && since(one.last_changed);
  if (since(one.first_seen) || since(one.not_before) || grew) {
    ++tally.within;
  } else if (until(one.first_seen) || until(one.not_after)) {
    ++tally.before;
  } else {
    ++tally.unknown;
  }
}

}  // namespace

Existence existence(const Case& subject, const std::vector<domain::GrantHistory>& histories) {
  const auto start = subject.context.window_start;
  if (!start) return {.state = domain::Existence::unknown, .reason = "no window is given"};
  Tally tally;
  for (const auto& one : histories) {
    if (one.present && reaches_mail(one)) count(one, *start, tally);
  }
  for (const auto* role : subject.facts.roles) {
    const auto reach = subject.context.index.reach(*role);
    if (reach && !reach->any()) continue;
    if (!role->created) {
      ++tally.unknown;
    } else {
      ++(*role->created >= *start ? tally.within : tally.before);
    }
  }
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
  return {.state = domain::Existence::pre_existing,
          .reason = fmt::format("all of its access to mail was given before {}", begin)};
}

bool shows_activity(const std::vector<domain::SignalResult>& signals) {
  constexpr std::array<std::string_view, 11> active = {"D10", "D13", "D14", "D16", "D17", "D18",
                                                       "D19", "D20", "D21", "D22", "D23"};
  return std::any_of(signals.begin(), signals.end(), [&](const domain::SignalResult& signal) {
    return signal.state == domain::SignalState::hit &&
           std::find(active.begin(), active.end(), signal.id) != active.end();
  });
}

}  // namespace clawback::detect
