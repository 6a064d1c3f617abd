#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace clawback::cli {

// "12,345"
std::string grouped(std::uint64_t number);
// "3,400/s", "12/min"; empty before a second is over, when it would say nothing yet.
std::string rate_words(std::uint64_t count, Duration taken);

// How far a piece of long work is and how fast it goes: one line, which begins anew with another
// piece.
class Pace {
 public:
  explicit Pace(std::function<Duration()> clock) : clock_(std::move(clock)) {}
  // "reading signIns: 12,345 (3,400/s)"
  std::string records(std::string_view what, std::uint64_t count);
  // "reading audit.json: 120 MB (40 MB/s)"
  std::string bytes(std::string_view what, std::uint64_t count);

 private:
  Duration taken(std::string_view what);
  std::function<Duration()> clock_;
  std::string what_;
  Duration begun_{};
};

}  // namespace clawback::cli
