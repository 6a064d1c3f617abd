#include "detect/ledger.hpp"

#include <algorithm>
#include <iterator>

namespace clawback::detect {
namespace {

domain::GrantKey key_of(const domain::GrantHistory& history) {
  return {.client = history.client, .resource = history.resource, .principal = history.principal};
}

}  // namespace

Ledger collect(const Case& subject, const std::vector<GrantTrack>& tracks) {
  Ledger all;
  all.reserve(tracks.size() + subject.facts.grants.size() + subject.facts.remembered.size());
  for (const GrantTrack& track : tracks) all.push_back({track.key, Known{.track = &track}});
  for (const HeldGrant& held : subject.facts.grants) {
    all.push_back({domain::key_of(*held.grant), Known{.grant = held.grant}});
  }
  for (const domain::GrantHistory* one : subject.facts.remembered) {
    all.push_back({key_of(*one), Known{.remembered = one}});
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  Ledger out;
  out.reserve(all.size());
  for (auto& [key, known] : all) {
    if (out.empty() || out.back().first != key) out.emplace_back(std::move(key), Known{});
    Known& to = out.back().second;
    // Of two rows with one key, which only a broken export has, the smaller id counts.
    if (known.grant != nullptr && (to.grant == nullptr || known.grant->id < to.grant->id)) {
      to.grant = known.grant;
    }
    if (known.track != nullptr) to.track = known.track;
    if (known.remembered != nullptr) to.remembered = known.remembered;
  }
  return out;
}

std::vector<std::string> difference(const std::vector<std::string>& from,
                                    const std::vector<std::string>& without) {
  std::vector<std::string> out;
  std::set_difference(from.begin(), from.end(), without.begin(), without.end(),
                      std::back_inserter(out));
  return out;
}

}  // namespace clawback::detect
