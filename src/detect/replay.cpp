#include "detect/replay.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace clawback::detect {
namespace {

std::vector<std::string> added(const std::vector<std::string>& before,
                               const std::vector<std::string>& after) {
  std::vector<std::string> out;
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(out));
  return out;
}

std::vector<std::string> united(const std::vector<std::string>& a,
                                const std::vector<std::string>& b) {
  std::vector<std::string> out;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

void name(GrantTrack& track, const GrantChange& change) {
  // The id of a first consent has a client of zeros: the one put together from the key is the
  // grant's.
  if (auto id = domain::encode_grant_id(track.key)) {
    track.id = *std::move(id);
  } else if (track.id.empty()) {
    track.id = change.id;
  }
}

// Logs that know time in seconds give the records of one act in any order, so that growth is what a
// record itself says and not what the one before it left; an act counts once.
void grow(GrantTrack& track, const Happening& event, const std::vector<std::string>& before,
          const std::vector<std::string>& after) {
  auto grown = added(before, after);
  for (auto step = track.steps.rbegin(); step != track.steps.rend() && !grown.empty(); ++step) {
    if (event.event->time - step->event->event->time > same_act) break;
    auto rest = added(step->added, grown);
    if (rest.size() == grown.size()) continue;
    step->repeats.push_back(&event);
    grown = std::move(rest);
  }
  if (grown.empty()) return;
  track.grown = united(track.grown, grown);
  track.grew = &event;
  track.steps.push_back(
      {.event = &event, .before = before, .added = std::move(grown), .repeats = {}});
}

void take(GrantTrack& track, const Happening& event, const GrantChange& change) {
  const bool is_first = track.first == nullptr;
  if (is_first) track.first = &event;
  name(track, change);
  if (track.records.empty() || track.records.back() != &event) track.records.push_back(&event);
  if (!change.after) {
    if (is_first && change.before) track.initial = *change.before;
    track.present = false;
    track.last = &event;
    track.scopes.clear();
    return;
  }
  const bool remade = !track.present;
  const std::vector<std::string> before = change.before ? *change.before : track.scopes;
  const bool made = (is_first || remade) && !change.before;
  if (is_first) track.initial = made ? *change.after : before;
  if (made) {
    track.made = &event;
    track.last = &event;
  } else {
    if (*change.after != (is_first ? before : track.scopes)) track.last = &event;
    grow(track, event, before, *change.after);
  }
  track.present = true;
  // A consent takes nothing away. The one that closes an amended consent shows the old scopes on
  // both sides, although the pair of changes before it has added to them.
  track.scopes = event.kind == HappeningKind::consent && !made ? united(track.scopes, *change.after)
                                                               : *change.after;
}

}  // namespace

std::vector<GrantTrack> replay(const std::vector<const Happening*>& events) {
  std::map<domain::GrantKey, GrantTrack> tracks;
  for (const Happening* event : events) {
    if (event->refused || event->undecided) continue;
    for (const GrantChange& change : event->changes) {
      const domain::GrantKey key{
          .client = change.client, .resource = change.resource, .principal = change.principal};
      GrantTrack& track = tracks[key];
      track.key = key;
      take(track, *event, change);
    }
  }
  std::vector<GrantTrack> out;
  out.reserve(tracks.size());
  for (auto& [key, track] : tracks) out.push_back(std::move(track));
  return out;
}

std::vector<domain::Grant> grants_after(const std::vector<const Happening*>& events,
                                        std::optional<Time> later_than) {
  std::vector<domain::Grant> out;
  for (const GrantTrack& track : replay(events)) {
    if (!track.present) continue;
    if (later_than && (track.last == nullptr || track.last->event->time <= *later_than)) continue;
    domain::Grant grant;
    grant.id = track.id;
    grant.client = track.key.client;
    grant.resource = track.key.resource;
    grant.principal = track.key.principal;
    grant.consent =
        track.key.principal ? domain::ConsentType::principal : domain::ConsentType::all_principals;
    grant.scopes = track.scopes;
    out.push_back(std::move(grant));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return out;
}

}  // namespace clawback::detect
