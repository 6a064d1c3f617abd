#include "base/time.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "base/safe_text.hpp"

namespace clawback {
namespace {

// Reads exactly `count` digits and moves on.
std::optional<int> digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool skip(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::sys_days> date(std::string_view& text) {
  const auto year = digits(text, 4);
  if (!year || !skip(text, '-')) return std::nullopt;
  const auto month = digits(text, 2);
  if (!month || !skip(text, '-')) return std::nullopt;
  const auto day = digits(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day ymd{std::chrono::year(*year),
                                        std::chrono::month(static_cast<unsigned>(*month)),
                                        std::chrono::day(static_cast<unsigned>(*day))};
  if (!ymd.ok()) return std::nullopt;
  return std::chrono::sys_days(ymd);
}

std::optional<Duration> clock(std::string_view& text) {
  const auto hour = digits(text, 2);
  if (!hour || *hour > 23 || !skip(text, ':')) return std::nullopt;
  const auto minute = digits(text, 2);
  if (!minute || *minute > 59 || !skip(text, ':')) return std::nullopt;
  const auto second = digits(text, 2);
  if (!second || *second > 60) return std::nullopt;
  int millis = 0;
  if (skip(text, '.')) {
    int scale = 100;
    bool any = false;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      millis += (text.front() - '0') * scale;
      scale /= 10;
      text.remove_prefix(1);
      any = true;
    }
    if (!any) return std::nullopt;
  }
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second) +
         std::chrono::milliseconds(millis);
}

std::optional<Duration> offset(std::string_view& text) {
  if (skip(text, 'Z') || skip(text, 'z')) return Duration{0};
  const bool minus = !text.empty() && text.front() == '-';
  if (!skip(text, '+') && !skip(text, '-')) return std::nullopt;
  const auto hour = digits(text, 2);
  if (!hour || *hour > 23 || !skip(text, ':')) return std::nullopt;
  const auto minute = digits(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  const Duration amount = std::chrono::hours(*hour) + std::chrono::minutes(*minute);
  return minus ? -amount : amount;
}

Error bad_time(std::string_view text) {
  return Error{.code = Errc::invalid,
               .message = fmt::format("\"{}\" is not a time", printable(text, 60)),
               .hint = "write it as 2026-11-23T03:04:09Z"};
}

}  // namespace

Result<Time> parse_time(std::string_view text) {
  std::string_view rest = text;
  const auto day = date(rest);
  if (!day || !(skip(rest, 'T') || skip(rest, 't') || skip(rest, ' '))) return bad_time(text);
  const auto time = clock(rest);
  if (!time) return bad_time(text);
  const auto shift = offset(rest);
  if (!shift || !rest.empty()) return bad_time(text);
  return Time(*day) + *time - *shift;
}

Result<Time> parse_date(std::string_view text) {
  std::string_view rest = text;
  const auto day = date(rest);
  if (!day || !rest.empty()) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("\"{}\" is not a date", printable(text, 60)),
                 .hint = "write it as 2027-06-30"};
  }
  return Time(*day);
}

std::string format_time(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day ymd(day);
  const std::chrono::hh_mm_ss hms(time - day);
  std::string out =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(ymd.year()),
                  static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                  hms.hours().count(), hms.minutes().count(), hms.seconds().count());
  if (hms.subseconds().count() != 0) out += fmt::format(".{:03}", hms.subseconds().count());
  return out + "Z";
}

namespace {

struct Unit {
  char letter;
  std::int64_t millis;
};
constexpr std::array<Unit, 5> units = {
    {{'w', 604'800'000}, {'d', 86'400'000}, {'h', 3'600'000}, {'m', 60'000}, {'s', 1'000}}};

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  const Error bad{
      .code = Errc::invalid,
      .message = fmt::format("\"{}\" is not a duration", printable(text, 60)),
      .hint = "write a whole number and one of ms, s, m, h, d, w: 500ms, 90s, 15m, 4h, 30d, 2w"};
  if (text.size() < 2 || text.size() > 8) return bad;
  const bool millis = text.ends_with("ms");
  std::int64_t count = 0;
  for (const char c : text.substr(0, text.size() - (millis ? 2 : 1))) {
    if (c < '0' || c > '9') return bad;
    count = count * 10 + (c - '0');
  }
  if (count == 0) return bad;
  if (millis) return Duration(count);
  for (const Unit& unit : units) {
    if (unit.letter != text.back()) continue;
    // A hundred years is enough for every key there is, and keeps sums with times in range.
    if (count > 3'155'760'000'000 / unit.millis) return bad;
    return Duration(count * unit.millis);
  }
  return bad;
}

std::string format_duration(Duration duration) {
  for (const Unit& unit : units) {
    if (duration.count() != 0 && duration.count() % unit.millis == 0 && unit.letter != 'w') {
      return fmt::format("{}{}", duration.count() / unit.millis, unit.letter);
    }
  }
  return fmt::format("{}ms", duration.count());
}

Time system_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace clawback
