#pragma once

#include <cstddef>
#include <cstdint>

namespace clawback::evidence {

inline constexpr std::size_t chunk_bytes = 64;

// What stands where in 64 bytes of JSON text; bit i is about byte i.
struct Chunk {
  std::uint64_t quotes = 0;   // that begin or end a string
  std::uint64_t escapes = 0;  // every backslash
  std::uint64_t opens = 0;    // { and [ outside strings
  std::uint64_t closes = 0;   // } and ] outside strings
  std::uint64_t colons = 0;   // outside strings
  std::uint64_t newlines = 0;
};

// The bits before `bit`, which is below 64.
inline std::uint64_t below(unsigned bit) { return (std::uint64_t{1} << bit) - 1; }

// Leaves what stands in the first `size` bytes.
inline void cut(Chunk& chunk, std::size_t size) {
  const std::uint64_t mask = below(static_cast<unsigned>(size));
  chunk.quotes &= mask;
  chunk.escapes &= mask;
  chunk.opens &= mask;
  chunk.closes &= mask;
  chunk.colons &= mask;
  chunk.newlines &= mask;
}

// What one piece of text hands to the next.
struct MaskCarry {
  bool escaped = false;
  bool in_string = false;
};

// Marks `chunks` times 64 bytes. A line end always ends a string: JSON has no raw one inside, and a
// broken line must not reach into the next. The same answer on every machine; as fast as it can be.
void mark(const char* text, std::size_t chunks, MaskCarry& carry, Chunk* out);

}  // namespace clawback::evidence
