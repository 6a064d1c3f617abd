#include "lab/random.hpp"

#include <fmt/format.h>

#include <bit>

namespace clawback::lab {

Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) {
    seed += 0x9e3779b97f4a7c15u;
    std::uint64_t mixed = seed;
    mixed = (mixed ^ (mixed >> 30u)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27u)) * 0x94d049bb133111ebu;
    word = mixed ^ (mixed >> 31u);
  }
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5u, 7) * 9u;
  const std::uint64_t shifted = state_[1] << 17u;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::size_t Random::below(std::size_t bound) {
  const std::uint64_t value = next();
  return bound == 0 ? 0 : static_cast<std::size_t>(value % bound);
}

bool Random::chance(unsigned percent) { return below(100) < percent; }

std::string Random::guid() {
  const std::uint64_t high = next();
  const std::uint64_t low = next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32u, (high >> 16u) & 0xffffu,
                     high & 0xfffu, 0x8000u | ((low >> 48u) & 0x3fffu), low & 0xffffffffffffu);
}

std::string Random::bytes(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(static_cast<char>(next() & 0xffu));
  return out;
}

std::string Random::letters(std::size_t count) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(alphabet[below(alphabet.size())]);
  return out;
}

Time Random::between(Time first, Time last) {
  if (last <= first) return first;
  const auto span = static_cast<std::size_t>((last - first).count());
  return first + Duration(static_cast<Duration::rep>(below(span)));
}

}  // namespace clawback::lab
