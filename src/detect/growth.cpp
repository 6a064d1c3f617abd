#include <utility>

#include "detect/history.hpp"
#include "detect/ledger.hpp"

namespace clawback::detect {
namespace {

void add_steps(const domain::GrantKey& key, const Known& known, std::vector<Growth>& out) {
  for (const GrantStep& step : known.track->steps) {
    out.push_back({.grant = known.grant != nullptr ? known.grant->id : known.track->id,
                   .key = key,
                   .before = step.before,
                   .added = step.added,
                   .event = step.event,
                   .made = known.track->made,
                   .repeats = step.repeats,
                   .time = step.event->event->time,
                   .not_before = std::nullopt});
  }
}

// What the snapshots show and no record explains: since the last one, and before it.
void add_differences(const Case& subject, const domain::GrantKey& key, const Known& known,
                     std::vector<Growth>& out) {
  const domain::GrantHistory& then = *known.remembered;
  const auto told = known.track != nullptr ? known.track->grown : std::vector<std::string>();
  const auto put = [&](std::vector<std::string> added, std::vector<std::string> before,
                       std::optional<Time> time, std::optional<Time> not_before) {
    if (added.empty()) return;
    out.push_back({.grant = known.grant->id,
                   .key = key,
                   .before = std::move(before),
                   .added = std::move(added),
                   .event = nullptr,
                   .made = known.track != nullptr ? known.track->made : nullptr,
                   .repeats = {},
                   .time = time,
                   .not_before = not_before});
  };
  // Those that were taken away since are of no interest.
  const auto still = difference(then.added_scopes, difference(then.added_scopes, then.scopes));
  put(difference(still, told), difference(then.scopes, then.added_scopes), then.last_changed,
      std::nullopt);
  if (subject.facts.grants_from_log) return;
  put(difference(difference(known.grant->scopes, then.scopes), told), then.scopes,
      subject.context.snapshot.observed, subject.context.memory->last_snapshot);
}

}  // namespace

std::vector<Growth> growths(const Case& subject) {
  if (subject.facts.events.empty() && subject.facts.remembered.empty()) return {};
  const auto tracks = replay(subject.facts.events);
  std::vector<Growth> out;
  for (const auto& [key, known] : collect(subject, tracks)) {
    if (known.track != nullptr) add_steps(key, known, out);
    if (known.remembered != nullptr && known.grant != nullptr && known.remembered->present) {
      add_differences(subject, key, known, out);
    }
  }
  return out;
}

}  // namespace clawback::detect
