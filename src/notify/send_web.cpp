#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "http/retry.hpp"
#include "http/run.hpp"
#include "notify/send.hpp"
#include "notify/signature.hpp"

namespace clawback::notify {
namespace {

constexpr std::chrono::milliseconds delay_max{10'000};
constexpr std::size_t answer_max = 64u << 10u;

// An address is a secret, and the transport's errors name it: only what follows it is told.
std::string without_address(const std::string& message) {
  const std::size_t colon = message.find(": ");
  return printable(colon == std::string::npos ? "no answer" : message.substr(colon + 2), 200);
}

Error failed(const http::Origin& origin, Errc code, const std::string& why) {
  return Error{.code = code, .message = fmt::format("{}: {}", printable(origin.host, 100), why)};
}

bool worth_repeating(const Result<http::Response>& outcome) {
  if (!outcome) return !http::is_permanent(outcome.error());
  return outcome->status == 429 || (outcome->status >= 500 && outcome->status <= 599);
}

std::chrono::milliseconds delay_after(const Result<http::Response>& outcome, int attempt,
                                      const Means& means) {
  const auto asked = outcome ? http::retry_after(outcome->headers, means.now()) : std::nullopt;
  return std::min(asked.value_or(means.retry_delay * attempt), delay_max);
}

Result<http::Url> address_of(const Target& target, const Means& means) {
  if (!target.url.empty()) return http::parse_url(target.url);
  const auto text = read_secret(target.url_from, means);
  if (!text) return text.error();
  auto url = http::parse_url(text->reveal());
  if (url) return url;
  return Error{.code = Errc::invalid, .message = "the address is not an https URL"};
}

Result<http::Request> request_for(const Target& target, const std::string& id,
                                  const std::string& body, const Means& means) {
  auto url = address_of(target, means);
  if (!url) return url.error();
  http::Request request{.method = "POST",
                        .origin = std::move(url->origin),
                        .target = std::move(url->target),
                        .body = body,
                        .timeout = means.timeout,
                        .body_max = answer_max};
  request.headers = {{"Content-Type", "application/json"},
                     {"User-Agent", "clawback/" CLAWBACK_VERSION},
                     {"X-Clawback-Id", id}};
  if (target.kind != Target::Kind::webhook) return request;
  const auto secret = read_secret(target.secret, means);
  if (!secret) return secret.error();
  request.headers.push_back({"X-Clawback-Signature", signature_header(*secret, means.now(), body)});
  return request;
}

}  // namespace

Result<Secret> read_secret(const SecretSource& source, const Means& means) {
  if (source.env.empty()) {
    const auto file = means.locate(source.file);
    if (!file) return file.error();
    return read_secret_file(*file);
  }
  auto value = means.environment(source.env);
  if (value && !value->empty()) return Secret(std::move(*value));
  return Error{.code = Errc::invalid,
               .message = fmt::format("the variable {} is not set", printable(source.env, 80))};
}

asio::awaitable<Result<void>> post(http::Transport& transport, const Target& target,
                                   const std::string& id, const std::string& body,
                                   const Means& means) {
  for (int attempt = 1;; ++attempt) {
    // Made anew each time: the signature holds the time.
    const auto request = request_for(target, id, body, means);
    if (!request) co_return request.error();
    const auto outcome = co_await transport.send(*request);
    if (outcome && outcome->status >= 200 && outcome->status < 300) co_return Result<void>();
    if (attempt >= means.attempts_max || !worth_repeating(outcome)) {
      if (!outcome) {
        co_return failed(request->origin, Errc::unavailable,
                         without_address(outcome.error().message));
      }
      co_return failed(request->origin, Errc::protocol,
                       fmt::format("it answered with status {}", outcome->status));
    }
    co_await http::sleep_for(delay_after(outcome, attempt, means));
  }
}

}  // namespace clawback::notify
