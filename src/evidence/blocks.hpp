#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "evidence/files.hpp"

namespace clawback::evidence {

inline constexpr std::size_t block_bytes = 512u << 10u;
inline constexpr std::size_t line_bytes_max = 16u << 20u;

// Some whole lines of a text.
struct Block {
  std::uint64_t index = 0;  // 0, 1, 2…
  std::string buffer;       // `size` bytes of text, and at least 64 more that can be read
  std::size_t size = 0;
  bool too_long = false;  // stands for one line of more than line_bytes_max; it has no text

  [[nodiscard]] std::string_view text() const { return {buffer.data(), size}; }
};

// Cuts what `read` gives into blocks at line ends.
class Blocks {
 public:
  // `head`: what was already read.
  Blocks(std::string head, const Read& read) : tail_(std::move(head)), read_(read) {}

  // False: there is no more. Uses the memory that `block` has.
  Result<bool> next(Block& block);

 private:
  // Reads until `block` is full or the text ends.
  Result<void> fill(Block& block);
  Result<void> skip_line(Block& block);

  std::string tail_;  // the beginning of the next block
  const Read& read_;
  std::uint64_t index_ = 0;
  bool at_end_ = false;
};

}  // namespace clawback::evidence
