#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/time.hpp"

namespace clawback::lab {

// xoshiro256**, seeded by splitmix64: the standard distributions differ between libraries, and the
// same seed must give the same tenant everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed);
  std::uint64_t next();
  std::size_t below(std::size_t bound);  // in [0, bound); 0 when bound is 0
  bool chance(unsigned percent);
  std::string guid();
  std::string bytes(std::size_t count);
  std::string letters(std::size_t count);  // A-Z and 0-9, as in audit record ids
  Time between(Time first, Time last);

  template <class T, std::size_t N>
  const T& pick(const std::array<T, N>& from) {
    return from[below(N)];
  }
  template <class T>
  const T& pick(std::span<const T> from) {
    return from[below(from.size())];
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace clawback::lab
