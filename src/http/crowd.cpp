#include "http/crowd.hpp"

#include <limits>

namespace clawback::http {
namespace {

using Clock = std::chrono::steady_clock;

// An answer that is on its way for less is not stuck.
constexpr std::chrono::seconds stuck_after{2};
constexpr int stays = std::numeric_limits<int>::max();

int rank(const Guest& guest, Clock::time_point now) {
  switch (guest.doing) {
    case Guest::Doing::arriving:
      return 0;
    case Guest::Doing::writing:
      return now - guest.since >= stuck_after ? 1 : stays;
    case Guest::Doing::reading:
      return 2;
    case Guest::Doing::answering:
    case Guest::Doing::streaming:
    case Guest::Doing::leaving:
      return stays;
  }
  return stays;
}

}  // namespace

Admission admit(std::span<const Guest* const> guests, const std::string& address,
                const Crowd& crowd, Clock::time_point now) {
  std::size_t all = 0;
  std::size_t own = 0;
  for (const Guest* guest : guests) {
    if (guest->doing == Guest::Doing::leaving) continue;
    ++all;
    if (guest->address == address) ++own;
  }
  const bool own_full = own >= crowd.per_address_max;
  if (!own_full && all < crowd.guests_max) return {};
  std::optional<std::size_t> chosen;
  int least = stays;
  for (std::size_t i = 0; i < guests.size(); ++i) {
    const Guest& guest = *guests[i];
    if (own_full && guest.address != address) continue;
    const int ranked = rank(guest, now);
    if (ranked == stays) continue;
    if (ranked < least || (ranked == least && guest.since < guests[*chosen]->since)) {
      least = ranked;
      chosen = i;
    }
  }
  return {.admitted = chosen.has_value(), .instead_of = chosen};
}

}  // namespace clawback::http
