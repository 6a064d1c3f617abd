#include <fmt/format.h>

#include <utility>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "console/checks.hpp"
#include "console/console.hpp"

namespace clawback::console {
namespace {

constexpr std::string_view html_type = "text/html; charset=utf-8";
constexpr std::chrono::hours visitor_life{24};
// A page that was asked for from elsewhere is asked for once more from here.
constexpr std::string_view once_more = "here=1";

int status_of(Errc code) {
  switch (code) {
    case Errc::not_found:
      return 404;
    case Errc::invalid:
      return 400;
    case Errc::unauthenticated:
    case Errc::denied:
    case Errc::approval:
    case Errc::guard:
      return 403;
    case Errc::stale:
    case Errc::conflict:
      return 409;
    case Errc::unavailable:
    case Errc::throttled:
    case Errc::protocol:
    case Errc::outcome_unknown:
      return 502;
    case Errc::internal:
    case Errc::not_licensed:
    case Errc::incomplete:
    case Errc::io:
    case Errc::audit:
    case Errc::cancelled:
      return 500;
  }
  return 500;
}

std::string header(const http::Headers& headers, std::string_view name) {
  const std::string* found = http::find(headers, name);
  return found == nullptr ? std::string() : *found;
}

}  // namespace

Shell Console::shell(Visit& visit, bool says_notice) {
  Shell out{.person = std::nullopt, .csrf = {}, .tenant = {}, .notice = {}, .now = visit.now};
  if (!visit.session) {
    out.csrf = visitor_csrf(key_, visit.visitor);
    return out;
  }
  out.person = visit.session->person;
  out.csrf = visit.session->csrf;
  out.tenant = settings_.tenant_name;
  if (says_notice) out.notice = std::exchange(visit.session->notice, {});
  return out;
}

http::Reply Console::page(std::string html, int status) {
  http::Reply reply;
  reply.status = status;
  reply.headers = {{"Content-Type", std::string(html_type)}};
  reply.body = std::move(html);
  return reply;
}

http::Reply Console::error(Visit& visit, int status, const std::string& what,
                           const std::string& hint) {
  return page(error_page(shell(visit, false), status, what, hint), status);
}

http::Reply Console::error(Visit& visit, const Error& error) {
  return this->error(visit, status_of(error.code), error.message, error.hint);
}

http::Reply Console::refuse(Visit& visit, Refused why, int status, const std::string& what,
                            const std::string& hint) {
  metrics_.refused(why);
  visit.why = name_of(why);
  return error(visit, status, what, hint);
}

// A link in a message leads here without the session's cookie: the browser comes from another
// site. Asked for once more from a page of ours, it sends the cookie, if it has one.
http::Reply Console::sign_in_first(Visit& visit, const std::string& notice) {
  const bool navigates = header(visit.request.headers, "Sec-Fetch-Mode") == "navigate";
  const bool elsewhere = header(visit.request.headers, "Sec-Fetch-Site") == "cross-site";
  const std::string& target = visit.request.target;
  const bool reads = visit.request.method == "GET";
  if (reads && navigates && elsewhere && target.find(once_more) == std::string::npos) {
    const char separator = target.find('?') == std::string::npos ? '?' : '&';
    return onward(fmt::format("{}{}{}", target, separator, once_more), "One moment.");
  }
  Shell shown = shell(visit);
  shown.notice = notice;
  if (reads) shown.wanted = page_at(target);
  http::Reply reply = page(sign_in_page(shown), 401);
  if (visit.new_visitor) {
    reply.headers.push_back(set_cookie(visitor_cookie, visit.visitor, SameSite::lax, visitor_life));
  }
  // What its session was is over.
  if (!visit.session_id.empty()) {
    reply.headers.push_back(drop_cookie(session_cookie, SameSite::strict));
  }
  return reply;
}

// Leads on by itself, and by hand where that is turned off. No redirect: a browser would hold one
// that answers a form to form-action, with every host that Entra leads through, and would count one
// that follows the way back from Entra as coming from there, without the session's cookie.
http::Reply Console::onward(const std::string& address, const std::string& words) {
  const std::string safe = html_escape(address);
  return page(
      fmt::format("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width\">\n"
                  "<meta http-equiv=\"refresh\" content=\"0;url={0}\">\n"
                  "<title>clawback</title>\n"
                  "<link rel=\"icon\" href=\"data:,\">\n"
                  "<link rel=\"stylesheet\" href=\"/static/console.css\">\n</head>\n"
                  "<body>\n<main>\n<h1>clawback</h1>\n<p>{1} <a href=\"{0}\">Go on</a></p>\n"
                  "</main>\n</body>\n</html>\n",
                  safe, html_escape(words)));
}

http::Reply Console::static_file(const Visit& visit) {
  http::Reply reply;
  const auto found = asset(visit.route.id);
  if (!found) {
    reply.status = 404;
    reply.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
    reply.body = "There is no such file.\n";
    return reply;
  }
  const std::string tag = "\"" + sha256_text(found->bytes).substr(7, 32) + "\"";
  reply.headers = {{"Content-Type", std::string(found->type)},
                   {"Cache-Control", "public, max-age=3600"},
                   {"ETag", tag}};
  if (header(visit.request.headers, "If-None-Match") == tag) {
    reply.status = 304;
  } else {
    reply.body = found->bytes;
  }
  return reply;
}

}  // namespace clawback::console
