#include "http/retry.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <random>
#include <string_view>
#include <system_error>
#include <utility>

#include "http/brake.hpp"
#include "http/run.hpp"

namespace clawback::http {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t whole_digits_max = 9;
constexpr std::string_view digits = "0123456789";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Only digits: no sign, no blank, which from_chars alone would partly take.
std::optional<int> number(std::string_view text) {
  if (text.empty() || text.find_first_not_of(digits) != std::string_view::npos) return std::nullopt;
  int value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc()) return std::nullopt;
  return value;
}

// "2", "2.128"; what is finer than a millisecond is rounded up, so that we never come too early.
std::optional<milliseconds> parse_seconds(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (whole.size() > whole_digits_max) return std::nullopt;
  const auto seconds = number(whole);
  if (!seconds) return std::nullopt;
  milliseconds result = std::chrono::seconds(*seconds);
  if (point == std::string_view::npos) return result;
  const std::string_view fraction = text.substr(point + 1);
  if (fraction.empty() || fraction.find_first_not_of(digits) != std::string_view::npos) {
    return std::nullopt;
  }
  int scale = 100;
  for (const char digit : fraction.substr(0, 3)) {
    result += milliseconds(scale * (digit - '0'));
    scale /= 10;
  }
  const bool finer = fraction.find_first_not_of('0', 3) != std::string_view::npos;
  return finer ? result + milliseconds(1) : result;
}

template <std::size_t N>
std::optional<unsigned> index_of(const std::array<std::string_view, N>& names,
                                 std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<unsigned>(found - names.begin());
}

constexpr std::array<std::string_view, 7> weekdays = {"Sun", "Mon", "Tue", "Wed",
                                                      "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// IMF-fixdate of RFC 9110: "Sun, 06 Nov 1994 08:49:37 GMT". The weekday must be one, not the right
// one.
std::optional<Time> parse_http_date(std::string_view text) {
  constexpr std::string_view shape = "www, dd mmm yyyy hh:mm:ss GMT";
  if (text.size() != shape.size()) return std::nullopt;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool letter = shape[i] >= 'a' && shape[i] <= 'z';
    if (!letter && text[i] != shape[i]) return std::nullopt;
  }
  const auto day = number(text.substr(5, 2));
  const auto month = index_of(months, text.substr(8, 3));
  const auto year = number(text.substr(12, 4));
  const auto hour = number(text.substr(17, 2));
  const auto minute = number(text.substr(20, 2));
  const auto second = number(text.substr(23, 2));
  const bool complete =
      index_of(weekdays, text.substr(0, 3)) && day && month && year && hour && minute && second;
  if (!complete || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month + 1),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return Time(std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(*hour) +
              std::chrono::minutes(*minute) + std::chrono::seconds(*second));
}

bool may_repeat(const Request& request, const Result<Response>& outcome) {
  const bool reads = request.method == "GET";
  if (!outcome) {
    const Error& error = outcome.error();
    if (is_permanent(error)) return false;
    return error.code == Errc::unavailable || (reads && error.code == Errc::outcome_unknown);
  }
  switch (outcome->status) {
    case 429:
      return true;
    case 503:
      return reads || find(outcome->headers, "Retry-After") != nullptr;
    case 500:
    case 502:
    case 504:
      return reads;
    default:
      return false;
  }
}

}  // namespace

milliseconds back_off(const RetryPolicy& policy, int attempt, double jitter) {
  milliseconds delay = policy.delay_first;
  for (int i = 1; i < attempt && delay < policy.delay_max; ++i) delay *= 2;
  delay = std::min(delay, policy.delay_max);
  return delay / 2 + std::chrono::duration_cast<milliseconds>(delay / 2 * jitter);
}

bool says_quota(const Headers& headers) {
  const std::string* said = find(headers, "x-ms-throttle-information");
  return said != nullptr && said->find("LimitExceeded") != std::string::npos;
}

bool is_throttled(int status, const Headers& headers) {
  return status == 429 || (status == 503 && find(headers, "Retry-After") != nullptr);
}

std::optional<milliseconds> retry_after(const Headers& headers, Time now) {
  const std::string* header = find(headers, "Retry-After");
  if (header == nullptr) return std::nullopt;
  const std::string_view text = trimmed(*header);
  if (const auto seconds = parse_seconds(text)) return seconds;
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  return std::max(*date - now, milliseconds(0));
}

std::optional<milliseconds> next_delay(const RetryPolicy& policy, int attempt, double jitter,
                                       milliseconds waited, Time now, const Request& request,
                                       const Result<Response>& outcome) {
  if (attempt >= policy.attempts_max || !may_repeat(request, outcome)) return std::nullopt;
  milliseconds delay = back_off(policy, attempt, jitter);
  if (outcome) {
    // The server's word counts, also beyond delay_max; many clients got the same word, hence the
    // jitter.
    if (const auto told = retry_after(outcome->headers, now)) {
      delay = *told + std::chrono::duration_cast<milliseconds>(policy.delay_first * jitter);
    }
  }
  if (waited + delay > std::min(policy.total_max, request.patience.value_or(policy.total_max))) {
    return std::nullopt;
  }
  return delay;
}

RetryHooks system_hooks() {
  return RetryHooks{
      .now = system_now,
      .jitter =
          [engine = std::mt19937_64(std::random_device{}())]() mutable {
            return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
          },
      .sleep = [](milliseconds delay) { return sleep_for(delay); },
  };
}

RetryingTransport::RetryingTransport(Transport& inner, RetryPolicy policy, RetryHooks hooks)
    : inner_(inner), policy_(policy), hooks_(std::move(hooks)) {}

asio::awaitable<Result<Response>> RetryingTransport::send(const Request& request) {
  co_return co_await repeat(request, nullptr, {});
}

asio::awaitable<Result<Response>> RetryingTransport::send(const Request& request, Brake& brake,
                                                          Manner manner) {
  co_return co_await repeat(request, &brake, manner);
}

asio::awaitable<Result<Response>> RetryingTransport::repeat(const Request& request, Brake* brake,
                                                            Manner manner) {
  // `early` is through when it has answered true once, not once an attempt; patience is for all of
  // them.
  Request copy;
  bool satisfied = false;
  const bool differs = request.early || request.patience;
  if (differs) copy = request;
  if (request.early) {
    copy.early = [&](std::string_view body) {
      return satisfied = satisfied || request.early(body);
    };
  }
  const Request& sent = differs ? copy : request;

  const Time begin = hooks_.now();
  milliseconds slept{0};
  for (int attempt = 1;; ++attempt) {
    if (brake != nullptr && !manner.hand_over) {
      co_await brake->pass(hooks_, manner.load);
    } else if (brake != nullptr && brake->held(hooks_.now())) {
      co_return held_back("the service told others to wait");
    }
    auto outcome = co_await inner_.send(sent);
    const Time now = hooks_.now();
    // A wall clock may stand still or jump back; what we slept has gone by in any case.
    const milliseconds waited = std::max(now - begin, slept);
    const auto delay = next_delay(policy_, attempt, hooks_.jitter(), waited, now, request, outcome);
    const bool braked =
        brake != nullptr && outcome && is_throttled(outcome->status, outcome->headers);
    if (braked) {
      const milliseconds wait = delay.value_or(throttled_for(*outcome, *brake));
      brake->hold(now, wait, says_quota(outcome->headers));
    } else if (brake != nullptr && outcome && outcome->status < 400) {
      brake->good();
    }
    if (!delay || (braked && manner.hand_over)) co_return outcome;
    // The brake makes this request wait with all the others.
    if (!braked) co_await hooks_.sleep(*delay);
    slept += *delay;
    if (request.patience) copy.patience = *request.patience - (waited + *delay);
  }
}

milliseconds RetryingTransport::throttled_for(const Response& response, const Brake& brake) const {
  const auto told = retry_after(response.headers, hooks_.now());
  return told.value_or(back_off(policy_, brake.strikes() + 1, hooks_.jitter()));
}

}  // namespace clawback::http
