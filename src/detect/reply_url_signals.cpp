#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "detect/access.hpp"
#include "detect/client_facts.hpp"
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

struct Worst {
  Telling telling = Telling::no;
  std::string_view url;
};

void look_at(const std::string& url, Worst& worst) {
  const Telling telling = judge_url(url);
  // Among equals the smallest, so that their order does not matter.
  if (telling > worst.telling ||
      (telling == worst.telling && telling != Telling::no && url < worst.url)) {
    worst = {.telling = telling, .url = url};
  }
}

// What the inventory shows; weight 0 if that is nothing.
Answer judge_inventory(const domain::ServicePrincipal& app, const policy::CatalogEntry* entry,
                       int weight) {
  Worst worst;
  for (const std::string& url : *app.reply_urls) look_at(url, worst);
  const std::string shown = printable(worst.url, 120);
  switch (worst.telling) {
    case Telling::no:
      break;
    case Telling::unencrypted:
      return hit(
          weight / 2,
          fmt::format("reply URL {} is not encrypted: whoever listens gets the code; counts half",
                      shown),
          {app.id.str()});
    case Telling::loopback:
      if (entry != nullptr && is_common_client(*entry)) {
        return miss(
            fmt::format("reply URL {} is a program's on the user's own machine, as it is "
                        "with this known desktop client",
                        shown));
      }
      return hit(
          weight / 2,
          fmt::format(
              "reply URL {} hands the code to a program on the user's own machine; honest desktop "
              "clients do that too, so it counts half",
              shown),
          {app.id.str()});
    case Telling::tool:
      return hit(weight, fmt::format("reply URL {} is one that phishing tools register", shown),
                 {app.id.str()});
  }
  return miss("none of its reply URLs is loopback or unencrypted");
}

std::string change_text(const Happening& event, std::string_view url) {
  return fmt::format("reply URL {} was added on {} by {} from record {}", printable(url, 120),
                     format_time(event.event->time), who(*event.event),
                     printable(event.event->id.str(), 80));
}

// What records of the time that is looked at added: the worst URL, among equals the latest.
Answer judge_changes(const Case& subject, int weight) {
  Worst worst;
  const Happening* event = nullptr;
  for (const Happening* one : subject.facts.events) {
    if (one->kind != HappeningKind::reply_url_changed || one->refused || one->values.empty() ||
        !in_window(subject, one->event->time)) {
      continue;
    }
    Worst here{.telling = Telling::no,
               .url = *std::min_element(one->values.begin(), one->values.end())};
    for (const std::string& url : one->values) look_at(url, here);
    if (event != nullptr && here.telling < worst.telling) continue;
    worst = here;
    event = one;
  }
  if (event == nullptr) return miss("no record adds a reply URL");
  std::string reason = change_text(*event, worst.url);
  if (worst.telling != Telling::no) {
    return hit(weight,
               reason + (worst.telling == Telling::unencrypted
                             ? ": it is not encrypted, whoever listens gets the code"
                             : ": it hands the code to a program on the user's own machine"),
               {event->event->id.str()});
  }
  if (holds_mail(subject) != true) return miss(reason + ", but nothing shows that it reaches mail");
  return hit(weight / 2,
             reason +
                 ": whoever owns it gets the codes of an application that reaches mail; "
                 "counts half",
             {event->event->id.str()});
}

}  // namespace

Answer telling_reply_url(const Case& subject, int weight) {
  const auto* app = subject.facts.app;
  const bool known = app != nullptr && app->reply_urls;
  Answer changed = judge_changes(subject, weight);
  const bool is_changed = changed.state == domain::SignalState::hit;
  if (!known && is_changed) return changed;
  if (!known) {
    return not_evaluable(was_read(subject, source::audits)
                             ? "its reply URLs are not in the evidence, and " + changed.reason
                             : "its reply URLs are not in the evidence",
                         "replyUrls of " + to_read(source::service_principals));
  }
  Answer held = judge_inventory(*app, subject.entry, weight);
  if (held.state != domain::SignalState::hit) {
    if (is_changed) return changed;
    if (was_read(subject, source::audits)) return miss(held.reason + "; " + changed.reason);
    return miss(held.reason +
                "; whether one was added is not known: " + why_not_read(subject, source::audits));
  }
  if (!is_changed) return held;
  held.weight = std::max(held.weight, changed.weight);
  held.reason += "; " + changed.reason;
  held.evidence.insert(held.evidence.end(), changed.evidence.begin(), changed.evidence.end());
  return held;
}

}  // namespace clawback::detect
