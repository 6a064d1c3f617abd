#include "cli/pace.hpp"

#include <fmt/format.h>

namespace clawback::cli {
namespace {

constexpr auto second = std::chrono::duration_cast<Duration>(std::chrono::seconds(1));
constexpr std::uint64_t megabyte = 1'000'000;

std::string with(const std::string& text, const std::string& rate) {
  return rate.empty() ? text : text + " (" + rate + ")";
}

}  // namespace

std::string grouped(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, ",");
  return out;
}

std::string rate_words(std::uint64_t count, Duration taken) {
  if (count == 0 || taken < second) return {};
  const double seconds = std::chrono::duration<double>(taken).count();
  const double rate = static_cast<double>(count) / seconds;
  if (rate >= 1) return grouped(static_cast<std::uint64_t>(rate)) + "/s";
  return fmt::format("{:.0f}/min", rate * 60);
}

std::string Pace::records(std::string_view what, std::uint64_t count) {
  const Duration since = taken(what);
  return with(fmt::format("reading {}: {}", what, grouped(count)), rate_words(count, since));
}

std::string Pace::bytes(std::string_view what, std::uint64_t count) {
  const Duration since = taken(what);
  const std::string rate = rate_words(count / megabyte, since);
  return with(fmt::format("reading {}: {} MB", what, grouped(count / megabyte)),
              rate.ends_with("/s") ? rate.substr(0, rate.size() - 2) + " MB/s" : std::string());
}

Duration Pace::taken(std::string_view what) {
  const Duration now = clock_();
  if (what != what_) {
    what_ = what;
    begun_ = now;
  }
  return now - begun_;
}

}  // namespace clawback::cli
