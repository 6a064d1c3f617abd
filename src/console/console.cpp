#include "console/console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>

#include "base/digest.hpp"
#include "console/checks.hpp"

namespace clawback::console {
namespace {

constexpr std::size_t key_bytes = 32;

bool is_probe(Place place) { return place == Place::healthz || place == Place::readyz; }

// Of what browsers keep.
bool may_be_kept(Place place, int status) {
  return place == Place::asset && (status == 200 || status == 304);
}

bool is_of_signing(Place place) {
  return place == Place::sign || place == Place::confirm || place == Place::undo;
}

bool is_form(const http::Headers& headers) {
  const std::string* type = http::find(headers, "Content-Type");
  return type != nullptr && to_lower(*type).starts_with("application/x-www-form-urlencoded");
}

}  // namespace

Console::Console(Settings settings, Tools tools)
    : settings_(std::move(settings)),
      tools_(std::move(tools)),
      key_(random_bytes(key_bytes)),
      sessions_(settings_.limits),
      pages_(settings_.limits.pages, settings_.limits.addresses_max),
      sign_ins_(settings_.limits.sign_ins, settings_.limits.addresses_max),
      signings_(settings_.limits.signings, settings_.limits.addresses_max) {}

asio::awaitable<http::Reply> Console::answer(http::Request request) {
  const auto begun = std::chrono::steady_clock::now();
  Visit visit;
  visit.now = tools_.clock();
  visit.route = find_route(request.method, request.target);
  visit.request = std::move(request);
  http::Reply reply;
  std::exception_ptr thrown;
  try {
    reply = co_await let_in(visit);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown) {
    // Of a server that ends nothing is answered any more.
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) std::rethrow_exception(thrown);
    // What it says may be of anybody's making: the log gets the place, and that it happened.
    visit.why = "internal";
    reply = error(visit, 500, "Something went wrong in the console itself.",
                  "Whether anything was done is not known: look before you do it again.");
  }
  harden(reply, settings_, may_be_kept(visit.route.place, reply.status));
  const auto took = std::chrono::steady_clock::now() - begun;
  metrics_.answered(visit.route.place, reply.status, took);
  if (tools_.log) {
    tools_.log({.peer = visit.request.peer,
                .method = visit.request.method,
                .place = visit.route.place,
                .id = visit.route.id,
                .status = reply.status,
                .took = std::chrono::duration_cast<std::chrono::milliseconds>(took),
                .person = visit.session ? visit.session->person.name : std::string(),
                .why = visit.why});
  }
  co_return reply;
}

http::Reply Console::refusal(int status) {
  Visit visit;
  visit.now = tools_.clock();
  http::Reply reply = refuse(visit, Refused::unusable, status,
                             status == 413   ? "The request is larger than anything we ask for."
                             : status == 431 ? "The request's header is too large."
                                             : "This is no request that can be answered.",
                             "");
  harden(reply, settings_, false);
  metrics_.answered(Place::nowhere, status, {});
  return reply;
}

asio::awaitable<http::Reply> Console::let_in(Visit& visit) {
  const Place place = visit.route.place;
  // Whoever probes asks by address, and learns nothing.
  if (place == Place::healthz) {
    http::Reply alive;
    alive.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
    alive.body = "ok\n";
    co_return alive;
  }
  if (auto away = turned_away(visit)) co_return std::move(*away);
  if (place == Place::readyz) co_return co_await readyz();
  if (place == Place::asset) co_return static_file(visit);
  const auto given = cookie(visit.request.headers, visitor_cookie);
  visit.new_visitor = !given.has_value();
  visit.visitor = given ? *given : new_id();
  visit.session_id = cookie(visit.request.headers, session_cookie).value_or("");
  if (!visit.session_id.empty()) {
    // Following a run is no sign that somebody is there.
    visit.session = sessions_.find(visit.session_id, visit.now, place != Place::events);
  }
  if (place == Place::metrics) co_return co_await metrics(visit);
  if (visit.request.method == "POST") {
    if (auto bad = check_post(visit)) co_return std::move(*bad);
    if (auto fast = too_many_forms(visit)) co_return std::move(*fast);
  }
  auto reply = co_await dispatch(visit);
  co_return reply;
}

// What needs no look at who it is.
std::optional<http::Reply> Console::turned_away(Visit& visit) {
  const bool probe = is_probe(visit.route.place);
  if (!probe && !is_to_us(visit.request.headers, settings_)) {
    visit.route.place = Place::nowhere;
    return refuse(visit, Refused::host, 421, "This is not the name of this console.",
                  "Open it at " + settings_.base_url);
  }
  const std::string& peer = visit.request.peer;
  const bool of_others = is_of_another_site(visit.request.headers);
  const std::string payer = of_others ? neighbourhood(peer) + " for another site" : peer;
  if (auto fast = too_fast(visit, pages_, payer)) return fast;
  if (visit.route.place == Place::nowhere) {
    const int status = visit.route.status;
    http::Reply reply = error(visit, status,
                              status == 404   ? "There is no such page."
                              : status == 405 ? "That can't be done here."
                                              : "This is no address of ours.",
                              "");
    if (!visit.route.allow.empty()) reply.headers.push_back({"Allow", visit.route.allow});
    return reply;
  }
  // Sign-ins come back to one name, and cookies are of one name.
  const bool reads = visit.request.method == "GET" || visit.request.method == "HEAD";
  const Place place = visit.route.place;
  const bool is_page = !probe && place != Place::asset && place != Place::metrics;
  if (reads && is_page && is_other_name(visit.request.headers, settings_)) {
    http::Reply reply;
    reply.status = 302;
    reply.headers = {{"Location", settings_.base_url + visit.request.target}};
    return reply;
  }
  return std::nullopt;
}

// Once a form is known to be of a page of ours: what another site makes a browser send uses up
// nobody's sign-ins or signatures.
std::optional<http::Reply> Console::too_many_forms(Visit& visit) {
  const Place place = visit.route.place;
  if (place == Place::sign_in) return too_fast(visit, sign_ins_, visit.request.peer);
  if (!is_of_signing(place)) return std::nullopt;
  const approval::Account& account = visit.session->person.account;
  return too_fast(visit, signings_, account.tenant + " " + account.object);
}

std::optional<http::Reply> Console::too_fast(Visit& visit, PaceKeeper& pace,
                                             const std::string& who) {
  const auto wait = pace.take(who, visit.now);
  if (!wait) return std::nullopt;
  http::Reply reply = refuse(visit, Refused::pace, 429, "That was too much at once.",
                             "Wait a moment, and load the page again.");
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
  reply.headers.push_back({"Retry-After", std::to_string(seconds)});
  return reply;
}

std::optional<http::Reply> Console::check_post(Visit& visit) {
  const http::Request& request = visit.request;
  if (!is_from_us(request.headers, settings_)) {
    return refuse(visit, Refused::origin, 403,
                  "This form was not sent from a page of this console.",
                  "Open the page here, and send the form again.");
  }
  if (!is_form(request.headers)) {
    return refuse(visit, Refused::unusable, 415, "This is no form.", "");
  }
  auto form = http::read_form(request.body);
  if (!form) return refuse(visit, Refused::unusable, 400, "This form can't be read.", "");
  visit.form = std::move(*form);
  const bool for_visitors = visit.route.place == Place::sign_in;
  if (!visit.session && !for_visitors) {
    visit.why = name_of(Refused::session);
    metrics_.refused(Refused::session);
    return sign_in_first(visit,
                         "Your session has ended. Nothing was done: sign in, and do it again.");
  }
  // A sign-in page may be open since before somebody signed in elsewhere in this browser.
  const std::string token = http::field(visit.form, "csrf");
  const bool of_session = visit.session && same_bytes(token, visit.session->csrf);
  const bool of_visitor =
      for_visitors && !visit.new_visitor && same_bytes(token, visitor_csrf(key_, visit.visitor));
  if (of_session || of_visitor) return std::nullopt;
  return refuse(visit, Refused::csrf, 403, "This form is not one that was made for you, or is old.",
                "Load the page again, and send the form again.");
}

asio::awaitable<http::Reply> Console::dispatch(Visit& visit) {
  const Place place = visit.route.place;
  if (place == Place::sign_in) co_return begin_sign_in(visit);
  if (place == Place::back) co_return co_await come_back(visit);
  if (!visit.session) co_return sign_in_first(visit, "");
  switch (place) {
    case Place::findings:
      co_return co_await findings(visit);
    case Place::one_case:
      co_return co_await one_case(visit);
    case Place::plans:
      co_return co_await plans(visit);
    case Place::plan:
      co_return co_await plan(visit);
    case Place::runs:
      co_return co_await runs(visit);
    case Place::run:
      co_return co_await run(visit);
    case Place::events:
      co_return co_await events(visit);
    case Place::rules:
    case Place::catalog:
      co_return co_await policy(visit);
    case Place::health:
      co_return co_await health(visit);
    case Place::sign_out:
      co_return sign_out(visit);
    case Place::sign:
      co_return co_await sign(visit);
    case Place::confirm:
      co_return confirm(visit);
    case Place::undo:
      co_return co_await undo(visit);
    case Place::sign_in:
    case Place::back:
    case Place::asset:
    case Place::healthz:
    case Place::readyz:
    case Place::metrics:
    case Place::nowhere:
      break;
  }
  co_return error(visit, 404, "There is no such page.", "");
}

}  // namespace clawback::console
