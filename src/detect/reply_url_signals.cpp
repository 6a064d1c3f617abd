#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "detect/signal.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;

enum class Telling : std::uint8_t { no, unencrypted, loopback, tool };

struct Url {
  bool secure = false;
  std::string host;
  std::string path;
};

// Just the parts that matter, of http and https only; what cannot be taken apart is no such URL.
std::optional<Url> take_apart(std::string_view text) {
  const std::string url = to_lower(text.substr(0, 2048));
  const bool secure = url.starts_with("https://");
  if (!secure && !url.starts_with("http://")) return std::nullopt;
  const std::size_t start = secure ? 8 : 7;
  const std::size_t end = std::min(url.find_first_of("/?#\\", start), url.size());
  std::string host = url.substr(start, end - start);
  if (const auto at = host.rfind('@'); at != std::string::npos) host.erase(0, at + 1);
  if (host.starts_with('[')) {
    const auto close = host.find(']');
    if (close == std::string::npos) return std::nullopt;
    host.erase(close + 1);
  } else if (const auto colon = host.find(':'); colon != std::string::npos) {
    host.erase(colon);
  }
  if (host.ends_with('.')) host.pop_back();
  std::string path = url.substr(end, std::min(url.find_first_of("?#", end), url.size()) - end);
  while (path.ends_with('/')) path.pop_back();
  return Url{.secure = secure, .host = std::move(host), .path = std::move(path)};
}

bool is_loopback(const std::string& host) {
  if (host == "localhost" || host == "[::1]") return true;
  const bool dotted = std::all_of(host.begin(), host.end(),
                                  [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  return dotted && host.starts_with("127.") && std::count(host.begin(), host.end(), '.') == 3;
}

// Paths that phishing kits of the OAuth family use; honest native clients seldom do.
bool is_tool_path(const std::string& path) {
  constexpr std::array<std::string_view, 4> paths = {"/access", "/gettoken", "/getatoken",
                                                     "/get_token"};
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

Telling judge_url(std::string_view text) {
  const auto url = take_apart(text);
  if (!url) return Telling::no;
  if (is_loopback(url->host)) return is_tool_path(url->path) ? Telling::tool : Telling::loopback;
  return url->secure ? Telling::no : Telling::unencrypted;
}

}  // namespace

Answer telling_reply_url(const Case& subject, int weight) {
  const auto* app = subject.facts.app;
  if (app == nullptr || !app->reply_urls) {
    return not_evaluable("its reply URLs are not in the evidence",
                         "replyUrls of " + to_read(source::service_principals));
  }
  Telling worst = Telling::no;
  std::string_view which;
  for (const std::string& url : *app->reply_urls) {
    const Telling telling = judge_url(url);
    // Among equals the smallest, so that their order does not matter.
    if (telling > worst || (telling == worst && telling != Telling::no && url < which)) {
      worst = telling;
      which = url;
    }
  }
  const std::string shown = printable(which, 120);
  switch (worst) {
    case Telling::no:
      break;
    case Telling::unencrypted:
      return hit(
          weight / 2,
          fmt::format("reply URL {} is not encrypted: whoever listens gets the code; counts half",
                      shown),
          {app->id.str()});
    case Telling::loopback:
      return hit(
          weight / 2,
          fmt::format(
              "reply URL {} hands the code to a program on the user's own machine; honest desktop "
              "clients do that too, so it counts half",
              shown),
          {app->id.str()});
    case Telling::tool:
      return hit(weight, fmt::format("reply URL {} is one that phishing tools register", shown),
                 {app->id.str()});
  }
  return miss("none of its reply URLs is loopback or unencrypted");
}

}  // namespace clawback::detect
