#include <doctest/doctest.h>

#include "browser.hpp"

using namespace clawback;
using namespace clawback::console;
using namespace clawback::console::test;
using namespace std::chrono_literals;
namespace asio = clawback::console::asio;

namespace {

const std::string session_name(session_cookie);

bool says(const http::Reply& reply, const std::string& words) {
  return reply.body.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("console: who is not signed in sees the sign-in, and health") {
  Bench bench;
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    for (const std::string page :
         {"/", "/findings", "/cases/c1", "/plans", "/plans/p1", "/plans/none", "/runs", "/runs/r1",
          "/runs/r1/events", "/rules", "/catalog", "/health"}) {
      CAPTURE(page);
      const auto reply = co_await browser.get(page);
      CHECK(reply.status == 401);
      CHECK(says(reply, "action=\"/sign-in\""));
      CHECK_FALSE(reply.stream);
    }
    for (const std::string page : {"/plans/p1/sign", "/runs/r1/undo", "/sign-out"}) {
      const auto reply = co_await browser.post(page, "csrf=x&decision=approve&reason=r");
      CHECK(reply.status == 401);
    }
    CHECK(bench.house.undone.empty());
    const auto alive = co_await browser.get("/healthz", {{"Host", "10.0.0.1"}});
    CHECK(alive.body == "ok\n");
    auto ready = co_await browser.get("/readyz");
    CHECK(ready.status == 200);
    bench.house.state.problem = "the database is damaged: /var/lib/x";
    bench.later += 2s;
    ready = co_await browser.get("/readyz");
    CHECK(ready.status == 503);
    CHECK(ready.body == "not ready\n");
  });
}

TEST_CASE("console: a filter that is not understood shows no list at all") {
  Bench bench;
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    co_await browser.sign_in(bench.dana);
    for (const std::string query :
         {"verdict=alrt", "state=old", "from=-1", "from=x", "from=9999999", "text=%zz"}) {
      CAPTURE(query);
      const auto page = co_await browser.get("/findings?" + query);
      CHECK(page.status == 400);
      CHECK_FALSE(says(page, "Findings, worst first"));
    }
    const auto page = co_await browser.get("/findings?verdict=alert&state=untracked&from=0&text=");
    CHECK(page.status == 200);
  });
}

TEST_CASE("console: whoever follows a link to a plan is on its page after the sign-in") {
  struct Row {
    std::string to;  // as the form says
    std::string_view leads;
  };
  const Row rows[] = {
      {"", "/findings"},
      {"%2Fplans%2Fp1", "/plans/p1"},
      {"%2Fplans%2Fp1%3Fhere%3D1", "/plans/p1"},
      {"%2Fcases%2Fsha256%253Aab", "/cases/sha256%3Aab"},
      {"%2Fruns", "/runs"},
      {"%2F%2Fattacker.example", "/findings"},
      {"https%3A%2F%2Fattacker.example", "/findings"},
      {"%2Fplans%2Fp1%2Fsign", "/findings"},
      {"%2Fplans%2F..%2F..%2F%0D%0Ax", "/findings"},
      {"%2Fsign-out", "/findings"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.to);
    Bench bench;
    bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
      const auto page = co_await browser.get("/");
      auto begun =
          co_await browser.post("/sign-in", "csrf=" + Browser::csrf_of(page) + "&to=" + row.to);
      const auto done =
          co_await browser.through_entra(std::move(begun), "login_hint=" + bench.dana);
      CHECK(Browser::link_of(done) == row.leads);
    });
  }
  Bench bench;
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    const auto page = co_await browser.get("/plans/p1?x=%22%3E");
    CHECK(page.status == 401);
    CHECK(says(page, "name=\"to\" value=\"/plans/p1\""));
  });
}

TEST_CASE("console: a person of the registry signs in, and out") {
  Bench bench;
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    const auto page = co_await browser.get("/");
    const std::string csrf = Browser::csrf_of(page);
    const std::string visitor = browser.cookies.at(std::string(visitor_cookie));
    auto begun = co_await browser.post("/sign-in", "csrf=" + csrf);
    CHECK(begun.status == 200);
    const std::string address = Browser::link_of(begun);
    CHECK(address.starts_with(bench.server->url() + "/" + bench.server->tenant_id()));
    CHECK(address.find("code_challenge_method=S256") != std::string::npos);
    CHECK(address.find("redirect_uri=http%3A%2F%2Flocalhost%3A8750&") != std::string::npos);
    const std::string back = co_await browser.entra(std::move(begun), "login_hint=" + bench.dana);
    const auto done = co_await browser.get(back);
    CHECK(done.status == 200);
    CHECK(Browser::link_of(done) == "/findings");
    const std::string id = browser.cookies.at(session_name);
    CHECK(id != visitor);
    const auto home = co_await browser.get("/rules");
    CHECK(home.status == 200);
    CHECK(says(home, "Dana"));
    // The code is used up, and so is the state.
    const auto again = co_await browser.get(back);
    CHECK(again.status == 400);

    const std::string token = Browser::csrf_of(home);
    CHECK(token != csrf);
    const auto refused = co_await browser.post("/sign-out", "csrf=" + csrf);
    CHECK(refused.status == 403);
    const auto out = co_await browser.post("/sign-out", "csrf=" + token);
    CHECK(out.status == 200);
    CHECK_FALSE(browser.cookies.contains(session_name));
    browser.cookies[session_name] = id;
    const auto after = co_await browser.get("/rules");
    CHECK(after.status == 401);
    // Nothing that was secret got into the log.
    for (const Answered& one : bench.log) {
      CHECK(one.id.find(id) == std::string::npos);
      CHECK(one.id.find("lab.") == std::string::npos);
    }
  });
}

TEST_CASE("console: a sign-in that was begun elsewhere, or is forged, opens nothing") {
  struct Case {
    std::string_view name;
    std::string forgery;
    int status;
  };
  for (const Case& c :
       {Case{"an account that nobody registered", "", 403}, Case{"alg none", "alg-none", 403},
        Case{"HS256", "hs256", 403}, Case{"another key", "unknown-kid", 403},
        Case{"signature", "bad-signature", 403}, Case{"another tenant", "wrong-tid", 403},
        Case{"another issuer", "wrong-iss", 403}, Case{"another audience", "wrong-aud", 403},
        Case{"another person", "wrong-oid", 403}, Case{"expired", "expired", 403},
        Case{"another nonce", "other-nonce", 403}}) {
    CAPTURE(c.name);
    std::vector<lab::Fault> faults;
    if (!c.forgery.empty()) {
      faults.push_back({.kind = lab::Fault::Kind::id_token,
                        .operation = "sts_code",
                        .times = -1,
                        .forgery = c.forgery});
    }
    Bench bench(std::move(faults));
    bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
      const auto page = co_await browser.get("/");
      auto begun = co_await browser.post("/sign-in", "csrf=" + Browser::csrf_of(page));
      const std::string who = c.forgery.empty() ? bench.stranger : bench.dana;
      const auto done = co_await browser.through_entra(std::move(begun), "login_hint=" + who);
      CHECK(done.status == c.status);
      CHECK_FALSE(browser.cookies.contains(session_name));
      CHECK_FALSE(says(done, "eyJ"));
    });
  }
}

TEST_CASE("console: the answer of a sign-in counts in the browser that began it, for a while") {
  Bench bench;
  bench.with([&](Console& console, Browser& browser) -> asio::awaitable<void> {
    const auto page = co_await browser.get("/");
    auto begun = co_await browser.post("/sign-in", "csrf=" + Browser::csrf_of(page));
    const std::string back = co_await browser.entra(begun, "login_hint=" + bench.dana);
    const auto mine = browser.cookies;
    browser.cookies.clear();
    const auto without = co_await browser.get(back);
    CHECK(without.status == 400);
    browser.cookies[std::string(visitor_cookie)] = new_id();
    const auto other = co_await browser.get(back);
    CHECK(other.status == 400);
    browser.cookies = mine;
    for (const std::string wrong :
         {"/?code=c&state=unknown", "/?state=", "/?code=c&state=a&state=b"}) {
      const auto reply = co_await browser.get(wrong);
      CHECK(reply.status == 400);
    }
    const auto neither = co_await browser.get(back.substr(0, back.find("code=")) +
                                              "state=" + back.substr(back.find("state=") + 6));
    CHECK(neither.status == 400);
    bench.later = 10min;
    const auto late = co_await browser.get(back);
    CHECK(late.status == 400);
    CHECK_FALSE(browser.cookies.contains(session_name));
    bench.later = 0min;
    auto no = co_await browser.post("/sign-in", "csrf=" + Browser::csrf_of(page));
    const auto cancelled = co_await browser.through_entra(std::move(no), "lab_cancel=1");
    CHECK(cancelled.status == 403);
    CHECK(says(cancelled, "did not agree"));
    (void)console;
  });
}

TEST_CASE("console: what was shown is what is signed, once, by an approver") {
  Bench bench;
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    co_await browser.sign_in(bench.dana);
    const auto plan = co_await browser.get("/plans/p1");
    const std::string csrf = "csrf=" + Browser::csrf_of(plan);
    const auto shown = co_await browser.post(
        "/plans/p1/sign", csrf + "&digest=sha256%3Aplan&decision=reject&reason=not+%3Cours%3E");
    CHECK(shown.status == 200);
    CHECK(says(shown, "not &lt;ours&gt;"));
    const std::string nonce =
        "&nonce=" + Browser::between(shown.body, "name=\"nonce\" value=\"", "\"");
    const auto elsewhere = co_await browser.post("/plans/p2/confirm", csrf + nonce);
    CHECK(elsewhere.status == 409);
    auto begun = co_await browser.post("/plans/p1/confirm", csrf + nonce);
    REQUIRE(begun.status == 200);
    CHECK(Browser::link_of(begun).find("prompt=login") != std::string::npos);
    const auto twice = co_await browser.post("/plans/p1/confirm", csrf + nonce);
    CHECK(twice.status == 409);
    // From Entra the browser comes without the session's cookie.
    const std::string id = browser.cookies.at(session_name);
    browser.cookies.erase(session_name);
    const auto done = co_await browser.through_entra(std::move(begun), "login_hint=" + bench.dana);
    CHECK(done.status == 200);
    CHECK(Browser::link_of(done) == "/plans/p1");
    REQUIRE(bench.house.kept.size() == 1);
    CHECK(bench.house.kept[0].reason == "not <ours>");
    CHECK(bench.house.kept[0].decision == approval::Decision::reject);
    CHECK(bench.house.kept[0].approver == "Dana");
    browser.cookies[session_name] = id;
    const auto after = co_await browser.get("/plans/p1");
    CHECK(says(after, "Your no is kept"));
    const auto later = co_await browser.get("/plans/p1");
    CHECK_FALSE(says(later, "Your no is kept"));
  });
}

TEST_CASE("console: a signature needs its session, its time, and a decision") {
  Bench bench;
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    co_await browser.sign_in(bench.dana);
    const auto plan = co_await browser.get("/plans/p1");
    const std::string csrf = "csrf=" + Browser::csrf_of(plan);
    const std::string digest = "&digest=sha256%3Aplan";
    const auto sign = [&](std::string form) {
      return browser.post("/plans/p1/sign", csrf + digest + form);
    };
    for (const std::string form :
         {"", "&decision=ratify&reason=r", "&decision=approve", "&decision=approve&reason=%ff"}) {
      CAPTURE(form);
      const auto reply = co_await sign(form);
      CHECK(reply.status == 400);
    }
    const auto other = co_await browser.post(
        "/plans/p1/sign", csrf + "&digest=sha256%3Aread&decision=approve&reason=r");
    CHECK(other.status == 409);
    CHECK(says(other, "not the one that you read"));
    const auto shown = co_await sign("&decision=approve&reason=r");
    CHECK(shown.status == 200);
    const std::string nonce =
        "&nonce=" + Browser::between(shown.body, "name=\"nonce\" value=\"", "\"");
    auto begun = co_await browser.post("/plans/p1/confirm", csrf + nonce);
    REQUIRE(begun.status == 200);
    const auto out = co_await browser.post("/sign-out", csrf);
    CHECK(out.status == 200);
    const auto done = co_await browser.through_entra(std::move(begun), "login_hint=" + bench.dana);
    CHECK(done.status == 403);
    CHECK(says(done, "Nothing was signed"));
    CHECK(bench.house.kept.empty());

    co_await browser.sign_in(bench.dana);
    const auto again = co_await browser.get("/plans/p1");
    const std::string fresh = "csrf=" + Browser::csrf_of(again);
    const auto old =
        co_await browser.post("/plans/p1/sign", fresh + digest + "&decision=approve&reason=r");
    const std::string late =
        "&nonce=" + Browser::between(old.body, "name=\"nonce\" value=\"", "\"");
    bench.later = 10min;
    const auto refused = co_await browser.post("/plans/p1/confirm", fresh + late);
    CHECK(refused.status == 409);
  });
}

TEST_CASE("console: a viewer looks, and that is all") {
  Bench bench;
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    co_await browser.sign_in(bench.sam);
    const auto plan = co_await browser.get("/plans/p1");
    CHECK(plan.status == 200);
    const std::string csrf = "csrf=" + Browser::csrf_of(plan);
    for (const std::string form : {"/plans/p1/sign", "/plans/p1/confirm", "/runs/r1/undo"}) {
      CAPTURE(form);
      const auto reply = co_await browser.post(form, csrf + "&decision=approve&reason=r&nonce=n");
      CHECK(reply.status == 403);
    }
    CHECK(bench.house.undone.empty());
  });
}

TEST_CASE("console: a form counts with its token, from a page of ours, for our name") {
  Bench bench;
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    co_await browser.sign_in(bench.dana);
    const auto run = co_await browser.get("/plans/p1");
    const std::string csrf = "csrf=" + Browser::csrf_of(run);
    struct Case {
      std::string_view name;
      std::string form;
      http::Headers headers;
      int status;
    };
    const Case cases[] = {
        {"no token", "", {}, 403},
        {"another token", "csrf=" + new_id(), {}, 403},
        {"a token twice", csrf + "&" + csrf, {}, 400},
        {"another site", csrf, {{"Origin", "https://evil.example"}}, 403},
        {"the browser says so", csrf, {{"Sec-Fetch-Site", "cross-site"}}, 403},
        {"no form", csrf, {{"Content-Type", "text/plain"}}, 415},
        {"another name", csrf, {{"Host", "evil.example:8750"}}, 421},
        {"no name", csrf, {{"Host", ""}}, 421},
    };
    for (const Case& c : cases) {
      CAPTURE(c.name);
      const auto reply = co_await browser.post("/runs/r1/undo", c.form, c.headers);
      CHECK(reply.status == c.status);
      CHECK(http::find(reply.headers, "Content-Security-Policy") != nullptr);
      CHECK(bench.house.undone.empty());
    }
    const auto good = co_await browser.post("/runs/r1/undo", csrf);
    CHECK(good.status == 303);
    CHECK(*http::find(good.headers, "Location") == "/plans/p%202");
    CHECK(bench.house.undone == "r1");
  });
}

TEST_CASE("console: a session ends, and its page says so") {
  Bench bench;
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    co_await browser.sign_in(bench.dana);
    const auto page = co_await browser.get("/plans/p1");
    bench.later = 31min;
    const auto late = co_await browser.post("/runs/r1/undo", "csrf=" + Browser::csrf_of(page));
    CHECK(late.status == 401);
    CHECK(says(late, "Your session has ended"));
    CHECK(bench.house.undone.empty());
    CHECK_FALSE(browser.cookies.contains(session_name));
  });
}

TEST_CASE("console: too much from one address is told to wait, and others are not") {
  Bench bench;
  bench.limits.pages = {.burst = 20, .per_second = 1};
  bench.limits.sign_ins = {.burst = 2, .per_second = 0.1};
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    const auto page = co_await browser.get("/");
    const std::string csrf = "csrf=" + Browser::csrf_of(page);
    for (int i = 0; i < 2; ++i) {
      const auto begun = co_await browser.post("/sign-in", csrf);
      CHECK(begun.status == 200);
    }
    const auto third = co_await browser.post("/sign-in", csrf);
    CHECK(third.status == 429);
    CHECK(std::stoi(*http::find(third.headers, "Retry-After")) <= 11);
    int status = 0;
    for (int i = 0; i < 30; ++i) status = (co_await browser.get("/static/console.css")).status;
    CHECK(status == 429);
    browser.address = "127.0.0.2";
    const auto other = co_await browser.get("/static/console.css");
    CHECK(other.status == 200);
  });
}

TEST_CASE("console: what another site makes a browser send locks nobody out") {
  Bench bench;
  bench.limits.sign_ins = {.burst = 2, .per_second = 0.1};
  bench.limits.signings = {.burst = 2, .per_second = 0.001};
  bench.limits.pages = {.burst = 40, .per_second = 0.1};
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    http::Headers image = {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Dest", "image"}};
    http::Headers frame = {{"Sec-Fetch-Site", "cross-site"},
                           {"Sec-Fetch-Dest", "iframe"},
                           {"Origin", "https://evil.example"}};
    const auto attack = [&]() -> asio::awaitable<int> {
      int status = 0;
      for (int i = 0; i < 20; ++i) {
        status = (co_await browser.get("/?state=x", image)).status;
        status = (co_await browser.post("/plans/p1/sign", "decision=approve", frame)).status;
        status = (co_await browser.post("/sign-in", "csrf=x", frame)).status;
      }
      co_return status;
    };
    const int last = co_await attack();
    CHECK(last == 429);
    co_await browser.sign_in(bench.dana);
    (void)co_await attack();
    const auto plan = co_await browser.get("/plans/p1");
    REQUIRE(plan.status == 200);
    const std::string form =
        "csrf=" + Browser::csrf_of(plan) + "&digest=sha256%3Aplan&decision=approve&reason=r";
    for (const int status : {200, 200, 429}) {
      const auto shown = co_await browser.post("/plans/p1/sign", form);
      CHECK(shown.status == status);
    }
    // It is this person who has to wait, from wherever; nobody else of this address has to.
    browser.address = "127.0.0.9";
    const auto elsewhere = co_await browser.post("/plans/p1/sign", form);
    CHECK(elsewhere.status == 429);
    browser.address = "127.0.0.1";
    browser.cookies.clear();
    bench.later += 30s;
    co_await browser.sign_in(bench.sam);
    const auto runs = co_await browser.get("/plans/p1");
    const auto sams = co_await browser.post("/plans/p1/sign", "csrf=" + Browser::csrf_of(runs));
    CHECK(sams.status == 403);
  });
}

TEST_CASE("console: a sign-in that comes back too fast is kept") {
  Bench bench;
  bench.limits.sign_ins = {.burst = 1, .per_second = 0.1};
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    const auto page = co_await browser.get("/");
    auto begun = co_await browser.post("/sign-in", "csrf=" + Browser::csrf_of(page));
    REQUIRE(begun.status == 200);
    const std::string back = co_await browser.entra(std::move(begun), "login_hint=" + bench.dana);
    const auto fast = co_await browser.get(back);
    CHECK(fast.status == 429);
    bench.later += 11s;
    const auto done = co_await browser.get(back);
    CHECK(done.status == 200);
    CHECK(browser.cookies.contains(session_name));
  });
}

TEST_CASE("console: a link from elsewhere is asked for once more from here") {
  Bench bench;
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    const http::Headers from_mail = {{"Sec-Fetch-Mode", "navigate"},
                                     {"Sec-Fetch-Site", "cross-site"}};
    const auto first = co_await browser.get("/plans/p1?x=%22%3E", from_mail);
    CHECK(first.status == 200);
    CHECK(Browser::link_of(first) == "/plans/p1?x=%22%3E&here=1");
    const auto second = co_await browser.get("/plans/p1?here=1", from_mail);
    CHECK(second.status == 401);
  });
}

TEST_CASE("console: pages are at the name that sign-ins come back to") {
  Bench bench;
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    const http::Headers other = {{"Host", "127.0.0.1:8750"}};
    const auto page = co_await browser.get("/plans?a=b", other);
    CHECK(page.status == 302);
    CHECK(*http::find(page.headers, "Location") == "http://localhost:8750/plans?a=b");
    const auto file = co_await browser.get("/static/console.css", other);
    CHECK(file.status == 200);
    const std::string tag = *http::find(file.headers, "ETag");
    const auto kept = co_await browser.get("/static/console.css", {{"If-None-Match", tag}});
    CHECK(kept.status == 304);
    const auto none = co_await browser.get("/static/none.css");
    CHECK(none.status == 404);
  });
}

TEST_CASE("console: metrics are for who shows the token, or is signed in") {
  Bench bench;
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    const auto nobody = co_await browser.get("/metrics");
    CHECK(nobody.status == 401);
    co_await browser.sign_in(bench.sam);
    const auto somebody = co_await browser.get("/metrics");
    CHECK(somebody.status == 200);
    CHECK(http::find(somebody.headers, "Content-Type")->starts_with("text/plain; version=0.0.4"));
    CHECK(says(somebody, "clawback_sessions 1\n"));
    CHECK(says(somebody, "clawback_http_refused_total{why=\"session\"} 1\n"));
    CHECK_FALSE(says(somebody, bench.sam));
  });
}

namespace {

struct Paper final : http::BodyWriter {
  asio::awaitable<bool> write(std::string_view piece) override {
    text += piece;
    co_return true;
  }
  asio::awaitable<bool> pause(std::chrono::milliseconds) override {
    if (on_pause) on_pause();
    if (meanwhile) co_await meanwhile();
    co_await http::sleep_for(1ms);
    co_return true;
  }
  std::string text;
  std::function<void()> on_pause;
  std::function<asio::awaitable<void>()> meanwhile;
};

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    ++found;
  }
  return found;
}

}  // namespace

TEST_CASE("console: a followed run says what changed, that it is there, and its end") {
  Bench bench;
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    co_await browser.sign_in(bench.sam);
    const auto none = co_await browser.get("/runs/none/events");
    CHECK(none.status == 404);
    auto reply = co_await browser.get("/runs/r1/events");
    REQUIRE(reply.stream);
    CHECK(http::find(reply.headers, "Content-Type")->starts_with("text/event-stream"));
    Paper paper;
    int pauses = 0;
    paper.on_pause = [&] {
      ++pauses;
      bench.later += 1s;
      if (pauses == 20) bench.house.going.state.ended = true;
    };
    co_await reply.stream(paper);
    CHECK(pauses == 20);
    CHECK(count(paper.text, "event: progress\n") == 2);
    CHECK(count(paper.text, ": still there\n") == 1);
    CHECK(paper.text.find("id: 2\n") != std::string::npos);
    // A browser that lost the stream before the end is told of it when it comes back.
    auto over = co_await browser.get("/runs/r1/events", {{"Last-Event-ID", "1"}});
    CHECK(over.status == 200);
    REQUIRE(over.stream);
    Paper last;
    co_await over.stream(last);
    CHECK(count(last.text, "event: progress\n") == 1);
    CHECK(last.text.find("\"ended\":true") != std::string::npos);
  });
}

TEST_CASE("console: a stream ends with its session, and there are only so many") {
  Bench bench;
  bench.limits.streams_per_session = 2;
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    co_await browser.sign_in(bench.sam);
    auto first = co_await browser.get("/runs/r1/events");
    auto second = co_await browser.get("/runs/r1/events");
    REQUIRE(first.stream);
    REQUIRE(second.stream);
    // Nothing of the two was sent yet, and they count.
    const auto third = co_await browser.get("/runs/r1/events");
    CHECK(third.status == 503);
    const auto streams = co_await browser.get("/metrics");
    CHECK(says(streams, "clawback_streams 2\n"));
    // One that nobody ever read is over with its reply.
    second.stream = nullptr;
    auto fourth = co_await browser.get("/runs/r1/events");
    REQUIRE(fourth.stream);
    Paper outer;
    Paper inner;
    inner.meanwhile = [&]() -> asio::awaitable<void> {
      bench.later = 31min;
      co_return;
    };
    outer.meanwhile = [&]() -> asio::awaitable<void> { co_await fourth.stream(inner); };
    co_await first.stream(outer);
    CHECK(count(inner.text, "event: progress\n") == 1);
  });
}

TEST_CASE("console: of all sessions together there are only so many streams") {
  Bench bench;
  bench.limits.streams_max = 3;
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    co_await browser.sign_in(bench.sam);
    std::vector<http::Reply> replies;
    for (int i = 0; i < 4; ++i) replies.push_back(co_await browser.get("/runs/r1/events"));
    CHECK(replies[2].status == 200);
    CHECK(replies[3].status == 503);
    replies.clear();
    const auto again = co_await browser.get("/runs/r1/events");
    CHECK(again.status == 200);
  });
}

TEST_CASE("console: what breaks inside is answered with 500 and logged, without its words") {
  Bench bench;
  bench.with([&](Console&, Browser& browser) -> asio::awaitable<void> {
    co_await browser.sign_in(bench.sam);
    bench.house.broken = true;
    const auto reply = co_await browser.get("/runs");
    CHECK(reply.status == 500);
    CHECK_FALSE(says(reply, "secret of the house"));
    CHECK(http::find(reply.headers, "Content-Security-Policy") != nullptr);
    CHECK(bench.log.back().status == 500);
    CHECK(bench.log.back().why == "internal");
    CHECK(bench.log.back().place == Place::runs);
    const auto metrics = co_await browser.get("/metrics");
    CHECK(says(metrics, "clawback_http_requests_total{place=\"runs\",status=\"500\"} 1\n"));
    bench.house.broken = false;
    const auto after = co_await browser.get("/runs");
    CHECK(after.status == 200);
  });
}
