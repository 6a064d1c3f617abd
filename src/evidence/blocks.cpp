#include "evidence/blocks.hpp"

#include <algorithm>
#include <cstring>

#include "evidence/json_masks.hpp"

namespace clawback::evidence {

Result<void> Blocks::fill(Block& block) {
  const std::size_t room = block.buffer.size() - chunk_bytes;
  while (!at_end_ && block.size < room) {
    const auto got = read_(block.buffer.data() + block.size, room - block.size);
    if (!got) return got.error();
    at_end_ = *got == 0;
    block.size += *got;
  }
  return {};
}

// Goes on to the end of the line that fills `block`.
Result<void> Blocks::skip_line(Block& block) {
  block.too_long = true;
  for (;;) {
    block.size = 0;
    const auto filled = fill(block);
    if (!filled) return filled;
    const std::size_t end = block.text().find('\n');
    if (end != std::string_view::npos) {
      tail_.assign(block.text().substr(end + 1));
      break;
    }
    if (at_end_) break;
  }
  block.size = 0;
  return {};
}

Result<bool> Blocks::next(Block& block) {
  if (at_end_ && tail_.empty()) return false;
  block.index = index_++;
  block.too_long = false;
  block.buffer.resize(std::max(block_bytes, tail_.size() * 2) + chunk_bytes);
  std::copy(tail_.begin(), tail_.end(), block.buffer.begin());
  block.size = tail_.size();
  tail_.clear();
  for (;;) {
    const auto filled = fill(block);
    if (!filled) return filled.error();
    if (at_end_) break;
    const std::size_t end = block.text().rfind('\n');
    if (end != std::string_view::npos) {
      tail_.assign(block.text().substr(end + 1));
      block.size = end + 1;
      break;
    }
    if (block.size >= line_bytes_max) {
      const auto skipped = skip_line(block);
      if (!skipped) return skipped.error();
      return true;
    }
    block.buffer.resize(block.buffer.size() * 2);
  }
  std::memset(block.buffer.data() + block.size, 0, chunk_bytes);
  return block.size > 0;
}

}  // namespace clawback::evidence
