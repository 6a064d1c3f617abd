#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"

// Where a time stands on a line that is 1000 wide. All of it is integers, so that the same times
// give the same picture everywhere.
namespace clawback::report {

struct Tick {
  int at = 0;         // 0 to 1000
  std::string upper;  // "10:05", "20 Nov"
  std::string lower;  // "20 Nov", "2026"; empty where it is as at the tick before
};

// A stretch without anything that is far longer than all the rest is cut out, so that the minutes
// of an attack can be told although it is taken back days later.
struct Gap {
  int at = 0;  // its middle
  Duration length{};
};

class TimeAxis {
 public:
  // Of these times, in any order; at least one.
  explicit TimeAxis(std::vector<Time> times);
  [[nodiscard]] int at(Time time) const;
  [[nodiscard]] std::vector<Tick> ticks() const;
  [[nodiscard]] std::vector<Gap> gaps() const;
  [[nodiscard]] Time from() const { return stretches_.front().from; }
  [[nodiscard]] Time to() const { return stretches_.back().to; }

 private:
  struct Stretch {
    Time from;
    Time to;
    int left = 0;
    int right = 0;
  };
  void lay_out();
  std::vector<Stretch> stretches_;
};

}  // namespace clawback::report
