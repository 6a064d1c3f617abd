#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "evidence/files.hpp"

namespace clawback::evidence {

inline constexpr std::string_view gzip_magic = "\x1f\x8b";

// The text of gzip data as it is read, also of several members one after the other. What follows
// the last one is not read: zeros fill up, anything else is `has_trailing`. By ISA-L where the
// build found it, else by zlib.
class Inflate {
 public:
  // `head`: what was already read.
  Inflate(std::string head, const Read& source);
  Inflate(const Inflate&) = delete;
  Inflate& operator=(const Inflate&) = delete;
  ~Inflate();

  // Up to `size` bytes; 0 at the end. Errc::invalid: broken or cut off.
  Result<std::size_t> read(char* to, std::size_t size);
  // At the end: other bytes followed, perhaps of a damaged member.
  [[nodiscard]] bool has_trailing() const { return ended_ && !left_.empty(); }

 private:
  struct Decoder;

  Result<void> refill();
  Result<void> find_member();

  const Read& source_;
  std::string input_;
  std::string_view left_;  // of input_, not yet decoded
  bool input_ended_ = false;
  bool ended_ = false;
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace clawback::evidence
