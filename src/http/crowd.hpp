#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace clawback::http {

// One connection of a server, as far as it matters for who goes when there are too many.
struct Guest {
  enum class Doing : std::uint8_t {
    arriving,   // no whole request came yet: TLS, header or body
    reading,    // a later request, or nothing yet of it
    answering,  // the handler has it
    writing,    // the answer is on its way
    streaming,  // so is one without an end: its handler bounds how many there are
    leaving,    // closed, and about to be forgotten
  };
  std::string address;
  Doing doing = Doing::arriving;
  std::chrono::steady_clock::time_point since;  // of `doing`
};

struct Crowd {
  std::size_t guests_max = 0;
  std::size_t per_address_max = 0;
};

// Pure. What to do with one more guest from `address`.
struct Admission {
  bool admitted = true;
  std::optional<std::size_t> instead_of;  // who makes room: an index
};
// Who has had the least reason to stay goes: first one that never sent a whole request, then one
// that does not take its answer, then one that rests; of each the one that has been at it longest.
// An address that is over its own share makes room from among its own.
Admission admit(std::span<const Guest* const> guests, const std::string& address,
                const Crowd& crowd, std::chrono::steady_clock::time_point now);

}  // namespace clawback::http
