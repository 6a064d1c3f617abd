#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

struct z_stream_s;

namespace clawback::http {

// Decodes gzip as it arrives. More than `decoded_max` bytes, bad data and data after the end are
// Errc::protocol; a file of several members is one text.
class Gunzip {
 public:
  explicit Gunzip(std::size_t decoded_max);
  ~Gunzip();
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  // Appends to `out`, which belongs to this stream alone.
  Result<void> push(std::string_view encoded, std::string& out);
  // Whether what was pushed was whole.
  [[nodiscard]] Result<void> finish() const;

 private:
  Result<void> step(std::string& out);
  std::unique_ptr<z_stream_s> stream_;
  std::size_t decoded_max_;
  bool ended_ = false;
};

// level 1 is the fastest, 9 the smallest.
std::string gzip(std::string_view bytes, int level);

}  // namespace clawback::http
