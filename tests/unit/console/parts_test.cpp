#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "console/checks.hpp"
#include "console/cookies.hpp"
#include "console/metrics.hpp"
#include "console/pace.hpp"
#include "console/route.hpp"
#include "console/sessions.hpp"
#include "support/makers.hpp"

using namespace clawback;
using namespace clawback::console;
using namespace std::chrono_literals;
using clawback::test::now;

namespace {

const std::string id_a(43, 'A');
const std::string id_b(43, 'B');

Settings settings() {
  Settings out;
  out.base_url = "http://localhost:8750";
  out.hosts = {"localhost:8750", "127.0.0.1:8750"};
  return out;
}

Person person(const std::string& name) {
  return {.name = name, .account = {.tenant = "t", .object = name}, .approver = true};
}

}  // namespace

TEST_CASE("cookie: one of ours, once, whole, or none") {
  struct Case {
    std::string_view name;
    std::vector<std::string> headers;
    bool found;
  };
  const Case cases[] = {
      {"alone", {"__Host-clawback=" + id_a}, true},
      {"among others", {"a=b; __Host-clawback=" + id_a + ";c=d"}, true},
      {"in a second header", {"a=b", "__Host-clawback=" + id_a}, true},
      {"another name that ends alike", {"x__Host-clawback=" + id_a}, false},
      {"without the prefix", {"clawback=" + id_a}, false},
      {"twice", {"__Host-clawback=" + id_a + "; __Host-clawback=" + id_b}, false},
      {"twice over two headers", {"__Host-clawback=" + id_a, "__Host-clawback=" + id_a}, false},
      {"too short", {"__Host-clawback=" + id_a.substr(1)}, false},
      {"too long", {"__Host-clawback=" + id_a + "A"}, false},
      {"other characters", {"__Host-clawback=" + id_a.substr(1) + "\""}, false},
      {"no value", {"__Host-clawback"}, false},
      {"none", {""}, false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    http::Headers headers;
    for (const std::string& value : c.headers) headers.push_back({"cookie", value});
    CHECK((cookie(headers, session_cookie) == id_a) == c.found);
  }
}

TEST_CASE("cookie: what a browser is told about it") {
  CHECK(set_cookie(session_cookie, id_a, SameSite::strict, 8h).value ==
        "__Host-clawback=" + id_a + "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=28800");
  CHECK(drop_cookie(visitor_cookie, SameSite::lax).value ==
        "__Host-clawback-visitor=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
  CHECK(new_id().size() == 43);
  CHECK(new_id() != new_id());
}

TEST_CASE("route: every address, and the one way to write it") {
  struct Case {
    std::string method;
    std::string target;
    Place place;
    std::string id;
    int status;
  };
  const Case cases[] = {
      {"GET", "/", Place::findings, "", 200},
      {"GET", "/?code=c&state=s", Place::back, "", 200},
      {"GET", "/?state=s&error=e", Place::back, "", 200},
      {"GET", "/?statement=s", Place::findings, "", 200},
      {"HEAD", "/findings?text=a", Place::findings, "", 200},
      {"POST", "/findings", Place::nowhere, "", 405},
      {"POST", "/sign-in", Place::sign_in, "", 200},
      {"GET", "/sign-in", Place::nowhere, "", 405},
      {"GET", "/cases/a%2Fb", Place::one_case, "a/b", 200},
      {"GET", "/cases/", Place::nowhere, "", 404},
      {"GET", "/cases/%ff", Place::nowhere, "", 404},
      {"GET", "/cases/%2", Place::nowhere, "", 404},
      {"GET", "/cases/a/", Place::nowhere, "", 404},
      {"GET", "/plans/p1", Place::plan, "p1", 200},
      {"POST", "/plans/p1/sign", Place::sign, "p1", 200},
      {"GET", "/plans/p1/sign", Place::nowhere, "", 405},
      {"POST", "/plans/p1/apply", Place::nowhere, "", 404},
      {"GET", "/runs/r1/events", Place::events, "r1", 200},
      {"POST", "/runs/r1/undo", Place::undo, "r1", 200},
      {"DELETE", "/runs/r1", Place::nowhere, "", 405},
      {"GET", "/static/console.css", Place::asset, "console.css", 200},
      {"GET", "/static/../x", Place::nowhere, "", 404},
      {"GET", "//plans", Place::nowhere, "", 404},
      {"GET", "/plans#x", Place::nowhere, "", 400},
      {"GET", "/pl ans", Place::nowhere, "", 400},
      {"GET", "/plans/" + std::string(513, 'a'), Place::nowhere, "", 404},
      {"GET", "/findings?text=" + std::string(9000, 'a'), Place::nowhere, "", 400},
  };
  for (const Case& c : cases) {
    CAPTURE(c.method);
    CAPTURE(c.target.substr(0, 60));
    const Route route = find_route(c.method, c.target);
    CHECK(route.place == c.place);
    CHECK(route.id == c.id);
    CHECK(route.status == c.status);
  }
}

TEST_CASE("sessions: they end by resting, by age, by signing out, and when there are too many") {
  const Limits limits{.session_idle = 30min, .session_max = 8h, .sessions_per_person = 2};
  Sessions sessions(limits);
  const std::string id = sessions.begin(person("Dana"), now());
  CHECK(id.size() == 43);
  REQUIRE(sessions.find(id, now() + 29min));
  REQUIRE(sessions.find(id, now() + 58min));
  // Looked at without being used.
  REQUIRE(sessions.find(id, now() + 80min, false));
  CHECK_FALSE(sessions.find(id, now() + 89min));
  CHECK_FALSE(sessions.find(id, now()));

  const std::string busy = sessions.begin(person("Dana"), now());
  Time time = now();
  const auto held = sessions.find(busy, now());
  while (sessions.find(busy, time)) time += 20min;
  CHECK(time == now() + 8h);
  CHECK(held->ended);

  const std::string first = sessions.begin(person("Dana"), now());
  const std::string second = sessions.begin(person("Dana"), now() + 1s);
  CHECK(sessions.find(first, now() + 2s));
  const std::string third = sessions.begin(person("Dana"), now() + 3s);
  const std::string other = sessions.begin(person("Sam"), now() + 3s);
  CHECK_FALSE(sessions.find(second, now() + 4s));
  for (const std::string& one : {first, third, other}) CHECK(sessions.find(one, now() + 4s));
  CHECK(sessions.count(now() + 4s) == 3);
  sessions.end(first);
  CHECK_FALSE(sessions.find(first, now() + 4s));
  CHECK_FALSE(sessions.find("", now()));
}

TEST_CASE("sessions: there is an end to how many, whoever they are of") {
  Sessions sessions({.sessions_max = 10});
  for (int i = 0; i < 50; ++i) sessions.begin(person("p" + std::to_string(i)), now() + i * 1s);
  CHECK(sessions.count(now() + 50s) == 10);
}

TEST_CASE("sessions: few statements are kept at once, and the newest are") {
  Session session;
  for (int i = 0; i < 20; ++i) {
    approval::Statement statement;
    statement.nonce = "n" + std::to_string(i);
    statement.issued = now() + i * 1s;
    show(session, {.statement = statement, .plan = "p"});
  }
  CHECK(session.shown.size() == 8);
  CHECK(session.shown.contains("n19"));
  CHECK_FALSE(session.shown.contains("n11"));
}

TEST_CASE("pace: a burst, then as fast as it refills, each address for itself") {
  PaceKeeper pace({.burst = 3, .per_second = 0.5}, 100);
  for (int i = 0; i < 3; ++i) CHECK_FALSE(pace.take("a", now()));
  const auto wait = pace.take("a", now());
  REQUIRE(wait);
  CHECK(*wait > 1900ms);
  CHECK(*wait <= 2001ms);
  CHECK_FALSE(pace.take("b", now()));
  CHECK(pace.take("a", now() + 1s));
  CHECK_FALSE(pace.take("a", now() + 3s));
  // A clock that goes back gives nothing.
  CHECK(pace.take("a", now()));
}

TEST_CASE("pace: addresses without end take no memory without end") {
  PaceKeeper pace({.burst = 2, .per_second = 0.001}, 10);
  CHECK_FALSE(pace.take("spent", now()));
  CHECK_FALSE(pace.take("spent", now()));
  for (int i = 0; i < 1000; ++i) CHECK_FALSE(pace.take("x" + std::to_string(i), now()));
  // Who has used most is remembered longest.
  CHECK(pace.take("spent", now()));
}

TEST_CASE("pace: of IPv6 a whole network is one neighbour") {
  CHECK(neighbourhood("2001:db8:1:2:3::1") == neighbourhood("2001:db8:1:2:ffff::9"));
  CHECK(neighbourhood("2001:db8:1:2::1") != neighbourhood("2001:db8:1:3::1"));
  CHECK(neighbourhood("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(neighbourhood("192.0.2.1") == "192.0.2.1");
}

TEST_CASE("checks: whose name a request is for") {
  struct Case {
    std::vector<std::string> hosts;
    bool ours;
  };
  const Case cases[] = {{{"localhost:8750"}, true},
                        {{"LOCALHOST:8750"}, true},
                        {{"127.0.0.1:8750"}, true},
                        {{"localhost"}, false},
                        {{"localhost:8751"}, false},
                        {{"evil.example:8750"}, false},
                        {{"localhost:8750.evil"}, false},
                        {{}, false},
                        {{""}, false},
                        {{"localhost:8750", "x"}, false}};
  for (const Case& c : cases) {
    http::Headers headers;
    for (const std::string& host : c.hosts) headers.push_back({"Host", host});
    CHECK(is_to_us(headers, settings()) == c.ours);
  }
  CHECK(is_other_name({{"Host", "127.0.0.1:8750"}}, settings()));
  CHECK_FALSE(is_other_name({{"Host", "localhost:8750"}}, settings()));
}

TEST_CASE("checks: whose page a form is from") {
  struct Case {
    std::string_view name;
    http::Headers headers;
    bool ours;
  };
  const http::Header good{"Origin", "http://localhost:8750"};
  const Case cases[] = {
      {"our origin", {good}, true},
      {"our origin, and the browser agrees", {good, {"Sec-Fetch-Site", "same-origin"}}, true},
      {"the browser alone", {{"Sec-Fetch-Site", "same-origin"}}, true},
      {"no origin that we may know", {{"Origin", "null"}, {"Sec-Fetch-Site", "same-origin"}}, true},
      {"null alone", {{"Origin", "null"}}, false},
      {"null from elsewhere", {{"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}}, false},
      {"another site", {{"Origin", "http://evil.example"}}, false},
      {"another scheme", {{"Origin", "https://localhost:8750"}}, false},
      {"another port", {{"Origin", "http://localhost:8751"}}, false},
      {"the browser disagrees", {good, {"Sec-Fetch-Site", "same-site"}}, false},
      {"typed by hand", {good, {"Sec-Fetch-Site", "none"}}, false},
      {"two origins", {good, good}, false},
      {"nothing said", {}, false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(is_from_us(c.headers, settings()) == c.ours);
  }
}

TEST_CASE("checks: pages of other sites that ask in the background are told apart") {
  struct Case {
    std::string_view name;
    http::Headers headers;
    bool other;
  };
  for (const Case& c : {
           Case{"no browser, or an old one", {}, false},
           Case{"our page", {{"Sec-Fetch-Site", "same-origin"}}, false},
           Case{"typed in", {{"Sec-Fetch-Site", "none"}}, false},
           Case{"a link, or the way back from Entra",
                {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Dest", "document"}},
                false},
           Case{"an image", {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Dest", "image"}}, true},
           Case{"a frame", {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Dest", "iframe"}}, true},
           Case{"another port of this machine", {{"Sec-Fetch-Site", "same-site"}}, true},
           Case{"said twice", {{"Sec-Fetch-Site", "none"}, {"Sec-Fetch-Site", "none"}}, true},
       }) {
    CAPTURE(c.name);
    CHECK(is_of_another_site(c.headers) == c.other);
  }
}

TEST_CASE("checks: a visitor's token is of that visitor, and of this process") {
  const std::string token = visitor_csrf("key", id_a);
  CHECK(token.size() == 43);
  CHECK(token == visitor_csrf("key", id_a));
  CHECK(token != visitor_csrf("key", id_b));
  CHECK(token != visitor_csrf("other key", id_a));
}

TEST_CASE("checks: what browsers are told with every answer") {
  http::Reply reply;
  harden(reply, settings(), false);
  const std::string policy = *http::find(reply.headers, "Content-Security-Policy");
  CHECK(policy.starts_with("default-src 'none'"));
  CHECK(policy.find("unsafe") == std::string::npos);
  CHECK(*http::find(reply.headers, "Cache-Control") == "no-store");
  CHECK(*http::find(reply.headers, "X-Content-Type-Options") == "nosniff");
  CHECK(http::find(reply.headers, "Strict-Transport-Security") == nullptr);
  Settings named = settings();
  named.hsts = true;
  http::Reply kept;
  harden(kept, named, true);
  CHECK(http::find(kept.headers, "Strict-Transport-Security") != nullptr);
  CHECK(http::find(kept.headers, "Cache-Control") == nullptr);
}

TEST_CASE("metrics: what was counted, in Prometheus' words") {
  Metrics metrics;
  metrics.answered(Place::plan, 200, 3ms);
  metrics.answered(Place::plan, 200, 2s);
  metrics.refused(Refused::csrf);
  Gauges now_is;
  now_is.sessions = 4;
  now_is.health.waiting_plans = 2;
  now_is.health.open_runs = 1;
  now_is.health.halted.emplace();
  now_is.health.last_pass = now();
  const std::string text = metrics.text(now_is);
  for (const std::string line :
       {"clawback_http_requests_total{place=\"plan\",status=\"200\"} 2",
        "clawback_http_request_seconds_bucket{place=\"plan\",le=\"0.005\"} 1",
        "clawback_http_request_seconds_bucket{place=\"plan\",le=\"1\"} 1",
        "clawback_http_request_seconds_bucket{place=\"plan\",le=\"+Inf\"} 2",
        "clawback_http_request_seconds_count{place=\"plan\"} 2",
        "clawback_http_refused_total{why=\"csrf\"} 1", "clawback_sessions 4",
        "clawback_plans_waiting 2", "clawback_kill_switch 0", "clawback_database_usable 1",
        "clawback_runs_open 1", "clawback_policy_usable 1", "clawback_plans_unreadable 0"}) {
    CAPTURE(line);
    CHECK(text.find("\n" + line + "\n") != std::string::npos);
  }
  // Every sample has its type said once before it.
  std::size_t types = 0;
  for (std::size_t at = text.find("# TYPE "); at != std::string::npos;
       at = text.find("# TYPE ", at + 1)) {
    ++types;
  }
  CHECK(types == 15);
  // What could not be read has no number; 0 would be one.
  now_is.health = {};
  now_is.health.problem = "the database can't be read";
  now_is.health.policy_problem = "a typo";
  const std::string dark = metrics.text(now_is);
  for (const char* name : {"kill_switch", "plans_", "runs_open", "last_pass"}) {
    CAPTURE(name);
    CHECK(dark.find("clawback_" + std::string(name)) == std::string::npos);
  }
  CHECK(dark.find("\nclawback_database_usable 0\n") != std::string::npos);
  CHECK(dark.find("\nclawback_policy_usable 0\n") != std::string::npos);
  now_is.health.stop_file = true;
  CHECK(metrics.text(now_is).find("\nclawback_kill_switch 1\n") != std::string::npos);
}
