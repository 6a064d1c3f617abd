#pragma once

#include <cstddef>
#include <cstdint>

namespace clawback::evidence {

struct LineEnd {
  std::size_t at = 0;        // of the line end, or `size`
  bool more_values = false;  // before it a } has a {, [ or blank behind it, in a string or not
};

// The end of the line that `from` is in; `chunk_bytes` bytes behind `size` can be read.
LineEnd find_line_end(const char* text, std::size_t from, std::size_t size);

}  // namespace clawback::evidence
