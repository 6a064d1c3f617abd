#pragma once

#include <cstdint>
#include <string>

namespace clawback::journal {

// The end of the audit chain: number of the last row (0: none yet) and its hash, 64 hex digits.
struct Head {
  std::int64_t seq = 0;
  std::string hash;
  friend bool operator==(const Head&, const Head&) = default;
};

// "SEQ:HASH", as reports print it and `clawback log verify --head` reads it.
inline std::string to_text(const Head& head) { return std::to_string(head.seq) + ":" + head.hash; }

}  // namespace clawback::journal
