#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace clawback {

// UTC, milliseconds. Graph prints up to seven decimals; what is finer than a millisecond is cut.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

// RFC 3339, e.g. 2026-11-23T03:04:09Z, 2026-09-13T01:22:12.5603524Z, …+02:00. Errc::invalid
// otherwise.
Result<Time> parse_time(std::string_view text);
// A date alone, 2027-06-30, meaning its first millisecond in UTC.
Result<Time> parse_date(std::string_view text);
// "2026-11-23T03:04:09Z", with ".123" only when it is not a whole second.
std::string format_time(Time time);

// "250ms", "90s", "15m", "4h", "30d", "2w"; a whole positive number and one unit. Errc::invalid
// otherwise.
Result<Duration> parse_duration(std::string_view text);
std::string format_duration(Duration duration);

// The only reader of the system clock; called by the edges (cli, http, lab), never by a pure
// module.
Time system_now();

}  // namespace clawback
