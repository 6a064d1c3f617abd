#include "report/time_axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace clawback::report {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t gaps_max = 3;
constexpr int gap_width = 60;
constexpr int edge = 40;        // what marks at the ends need
constexpr int narrowest = 160;  // of a stretch: room for one label
constexpr int tick_width = 190;

struct Step {
  Duration length;  // 0: months
  int months = 0;
};
constexpr std::array steps = {
    Step{seconds(1)}, Step{seconds(5)}, Step{seconds(15)}, Step{seconds(30)}, Step{minutes(1)},
    Step{minutes(2)}, Step{minutes(5)}, Step{minutes(15)}, Step{minutes(30)}, Step{hours(1)},
    Step{hours(2)},   Step{hours(3)},   Step{hours(6)},    Step{hours(12)},   Step{days(1)},
    Step{days(2)},    Step{days(5)},    Step{days(10)},    Step{{}, 1},       Step{{}, 3},
    Step{{}, 6},      Step{{}, 12},     Step{{}, 60},      Step{{}, 12 * 50}, Step{{}, 12 * 500},
};

// The first multiple of `step` that is not before `time`.
Time aligned(Time time, const Step& step) {
  if (step.months == 0) {
    const auto count = time.time_since_epoch().count();
    const auto length = step.length.count();
    const auto over = ((count % length) + length) % length;
    return over == 0 ? time : time + Duration(length - over);
  }
  const std::chrono::year_month_day date(floor<days>(time));
  const int month =
      static_cast<int>(date.year()) * 12 + static_cast<int>(unsigned(date.month())) - 1;
  int first = month - ((month % step.months) + step.months) % step.months;
  const auto start = [](int number) {
    const int year = number >= 0 ? number / 12 : (number - 11) / 12;
    return Time(std::chrono::sys_days(std::chrono::year(year) /
                                      std::chrono::month(unsigned(number - year * 12) + 1) / 1));
  };
  while (start(first) < time) first += step.months;
  return start(first);
}

// Multiples of `step` between both, or nothing if there are more than `most`.
std::vector<Time> multiples(Time from, Time to, const Step& step, std::size_t most) {
  std::vector<Time> out;
  for (Time time = aligned(from, step); time <= to; time = aligned(time + Duration(1), step)) {
    if (out.size() == most) return {};
    out.push_back(time);
  }
  return out;
}

std::string clock_text(Time time, bool with_seconds) {
  const std::chrono::hh_mm_ss of_day(floor<seconds>(time - floor<days>(time)));
  const auto text = fmt::format("{:02}:{:02}", of_day.hours().count(), of_day.minutes().count());
  return with_seconds ? fmt::format("{}:{:02}", text, of_day.seconds().count()) : text;
}

constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string day_text(Time time) {
  const std::chrono::year_month_day date(floor<days>(time));
  return fmt::format("{} {}", unsigned(date.day()), months.at(unsigned(date.month()) - 1));
}

std::string month_text(Time time) {
  const std::chrono::year_month_day date(floor<days>(time));
  return months.at(unsigned(date.month()) - 1);
}

std::string year_text(Time time) {
  return fmt::format("{}", int(std::chrono::year_month_day(floor<days>(time)).year()));
}

Tick tick_of(Time time, const Step& step) {
  if (step.months >= 12) return {.at = 0, .upper = year_text(time), .lower = {}};
  if (step.months > 0) return {.at = 0, .upper = month_text(time), .lower = year_text(time)};
  if (step.length >= days(1)) return {.at = 0, .upper = day_text(time), .lower = year_text(time)};
  return {.at = 0, .upper = clock_text(time, step.length < minutes(1)), .lower = day_text(time)};
}

// The times that come right after a gap that is to be cut out: as many of the longest as are each
// longer than an hour and than three times what is left. Sorted.
std::vector<Time> after_gaps(const std::vector<Time>& times) {
  std::vector<std::pair<Duration, Time>> gaps;
  for (std::size_t i = 1; i < times.size(); ++i) {
    gaps.emplace_back(times[i] - times[i - 1], times[i]);
  }
  std::ranges::sort(gaps, std::greater<>());
  Duration left = times.back() - times.front();
  std::size_t cut = 0;
  for (std::size_t i = 0; i < std::min(gaps_max, gaps.size()); ++i) {
    left -= gaps[i].first;
    // Without anything left, the line between the moments is the gap.
    if (left <= Duration::zero() || gaps[i].first < hours(1)) break;
    if (gaps[i].first / 3 > left) cut = i + 1;
  }
  std::vector<Time> out;
  for (std::size_t i = 0; i < cut; ++i) out.push_back(gaps[i].second);
  std::ranges::sort(out);
  return out;
}

}  // namespace

TimeAxis::TimeAxis(std::vector<Time> times) {
  std::ranges::sort(times);
  stretches_ = {{.from = times.front(), .to = times.back()}};
  for (const Time time : after_gaps(times)) {
    const auto found = std::ranges::lower_bound(times, time);
    stretches_.back().to = *std::prev(found);
    stretches_.push_back({.from = time, .to = times.back()});
  }
  lay_out();
}

void TimeAxis::lay_out() {
  const int count = static_cast<int>(stretches_.size());
  const int room = 1000 - (count - 1) * gap_width;
  const int shared = room - count * narrowest;
  Duration whole{};
  for (const Stretch& stretch : stretches_) whole += stretch.to - stretch.from;
  int left = 0;
  for (Stretch& stretch : stretches_) {
    const bool last = &stretch == &stretches_.back();
    const auto part =
        whole == Duration::zero()
            ? shared / count
            : static_cast<int>((stretch.to - stretch.from).count() * shared / whole.count());
    stretch.left = left;
    stretch.right = last ? 1000 : left + narrowest + part;
    left = stretch.right + gap_width;
  }
}

int TimeAxis::at(Time time) const {
  const Stretch* found = &stretches_.front();
  for (const Stretch& stretch : stretches_) {
    if (time >= stretch.from) found = &stretch;
  }
  const Duration length = found->to - found->from;
  const int left = found->left + edge;
  const int width = found->right - edge - left;
  if (length == Duration::zero()) return left + width / 2;
  const Duration since = std::clamp(time - found->from, Duration::zero(), length);
  return left + static_cast<int>(since.count() * width / length.count());
}

std::vector<Tick> TimeAxis::ticks() const {
  std::vector<Tick> out;
  std::string lower;
  for (const Stretch& stretch : stretches_) {
    const auto most = static_cast<std::size_t>(
        std::max(1, (stretch.right - stretch.left - 2 * edge) / tick_width));
    std::vector<Time> times;
    Step step{minutes(1)};
    if (stretch.from < stretch.to) {
      for (const Step& one : steps) {
        times = multiples(stretch.from, stretch.to, one, most);
        step = one;
        if (!times.empty()) break;
      }
    }
    if (times.empty()) {
      // Too short or between two multiples: where it begins says enough.
      times = {stretch.from};
      step = {minutes(1)};
    }
    for (const Time time : times) {
      Tick tick = tick_of(time, step);
      tick.at = at(time);
      const bool same = !out.empty() && time != times.front() && tick.lower == lower;
      lower = tick.lower;
      if (same) tick.lower.clear();
      out.push_back(std::move(tick));
    }
  }
  return out;
}

std::vector<Gap> TimeAxis::gaps() const {
  std::vector<Gap> out;
  for (std::size_t i = 1; i < stretches_.size(); ++i) {
    out.push_back({.at = stretches_[i - 1].right + gap_width / 2,
                   .length = stretches_[i].from - stretches_[i - 1].to});
  }
  return out;
}

}  // namespace clawback::report
