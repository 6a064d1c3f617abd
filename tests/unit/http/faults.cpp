#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "http/gzip.hpp"
#include "site.hpp"

using namespace clawback;
using namespace clawback::http;
using namespace clawback::http::test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view empty_ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

std::string ok(std::string_view body, std::string_view headers = "") {
  return "HTTP/1.1 200 OK\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

// Whatever is asked, these are the bytes.
RawServer::Script always(std::string bytes) {
  return [bytes = std::move(bytes)](TlsStream& stream, int) -> asio::awaitable<void> {
    if ((co_await read_head(stream)).empty()) co_return;
    co_await stream.write(bytes);
  };
}

std::string chunked(std::string_view body, std::size_t piece) {
  std::string out = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size(); at += piece) {
    const std::string_view part = body.substr(at, piece);
    char size[17];
    (void)std::snprintf(size, sizeof size, "%zx", part.size());
    out.append(size).append("\r\n").append(part).append("\r\n");
  }
  return out + "0\r\nRetry-After: 5\r\n\r\n";
}

}  // namespace

TEST_CASE("client: answers that are not what was asked for") {
  const std::string large(5000, 'x');
  const std::string packed = gzip(std::string(5'000'000, 'x'), 9);
  const std::string gzipped = "Content-Encoding: gzip\r\n";
  struct Case {
    std::string_view name;
    std::string bytes;
    Errc code;
  };
  const Case cases[] = {
      {"nothing", "", Errc::outcome_unknown},
      {"no HTTP", "SSH-2.0-OpenSSH\r\n\r\n", Errc::protocol},
      {"half a header", "HTTP/1.1 200 OK\r\nContent-", Errc::outcome_unknown},
      {"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", Errc::outcome_unknown},
      {"half a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf",
       Errc::outcome_unknown},
      {"last chunk missing", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
       Errc::outcome_unknown},
      {"end of an unannounced body without TLS's word", "HTTP/1.1 200 OK\r\n\r\nsome",
       Errc::outcome_unknown},
      {"larger than allowed, announced", ok(large), Errc::protocol},
      {"larger than allowed, in chunks", chunked(large, 100), Errc::protocol},
      {"larger than allowed, unannounced", "HTTP/1.1 200 OK\r\n\r\n" + large, Errc::protocol},
      {"an absurd length", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n",
       Errc::protocol},
      {"gzip bomb", ok(packed, gzipped), Errc::protocol},
      {"bad gzip", ok("no gzip", gzipped), Errc::protocol},
      {"cut gzip", ok(packed.substr(0, 30), gzipped), Errc::protocol},
      {"unknown coding", ok("x", "Content-Encoding: br\r\n"), Errc::protocol},
      {"unknown transfer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx", Errc::protocol},
      {"two lengths", ok("x", "Content-Length: 2\r\n"), Errc::protocol},
      {"length and chunks", ok("x", "Transfer-Encoding: chunked\r\n"), Errc::protocol},
      {"endless header", "HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x'), Errc::protocol},
      {"endless chunk line",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(200'000, 'x'),
       Errc::protocol},
      {"only interim answers", "HTTP/1.1 100 Continue\r\n\r\n", Errc::outcome_unknown},
      {"switching protocols", "HTTP/1.1 101 Switching Protocols\r\n\r\n", Errc::protocol},
  };
  for (const Case& c : cases) {
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
      CAPTURE(c.name);
      const RawServer site(executor, always(c.bytes));
      const auto web = client(executor);
      Request request = get(site.origin());
      request.body_max = 4000;
      const auto answer = co_await web->send(request);
      REQUIRE_FALSE(answer);
      CHECK(answer.error().code == c.code);
    });
  }
}

TEST_CASE("client: an endless row of interim answers ends") {
  std::string bytes;
  for (int i = 0; i < 100; ++i) bytes += "HTTP/1.1 103 Early Hints\r\n\r\n";
  on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
    const RawServer site(executor, always(bytes + std::string(empty_ok)));
    const auto web = client(executor);
    const Request request = get(site.origin());
    const auto answer = co_await web->send(request);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Errc::protocol);
  });
}

TEST_CASE("client: good answers in unusual clothes") {
  const std::string body(3999, 'y');
  struct Case {
    std::string_view name;
    std::string bytes;
    std::string body;
  };
  const Case cases[] = {
      {"chunks", chunked(body, 7), body},
      {"interim answer first", "HTTP/1.1 100 Continue\r\n\r\n" + ok(body), body},
      {"gzip in two members", ok(gzip("one", 1) + gzip("two", 9), "Content-Encoding: GZIP\r\n"),
       "onetwo"},
      {"identity", ok("x", "Content-Encoding: identity\r\n"), "x"},
      {"empty gzip", ok("", "Content-Encoding: gzip\r\n"), ""},
      {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", "x"},
  };
  for (const Case& c : cases) {
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
      CAPTURE(c.name);
      const RawServer site(executor, always(c.bytes));
      const auto web = client(executor);
      Request request = get(site.origin());
      request.body_max = 4000;
      const auto answer = co_await web->send(request);
      REQUIRE(answer);
      CHECK(answer->body == c.body);
      // A trailer must not be able to change what the header said.
      CHECK(find(answer->headers, "Retry-After") == nullptr);
    });
  }
}

TEST_CASE("client: the faults of the server are what they say") {
  struct Case {
    std::string_view name;
    std::string method;
    Reply reply;
    Errc code;
  };
  Reply cut = text(std::string(100'000, 'x'));
  cut.cut_after = 50'000;
  Reply reset;
  reset.reset = true;
  const Case cases[] = {{"cut body of a read", "GET", cut, Errc::outcome_unknown},
                        {"cut body of a write", "POST", cut, Errc::outcome_unknown},
                        {"reset of a read", "GET", reset, Errc::outcome_unknown},
                        {"reset of a write", "POST", reset, Errc::outcome_unknown}};
  for (const Case& c : cases) {
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
      CAPTURE(c.name);
      int asked = 0;
      const auto site = server(executor, [&](Request) -> asio::awaitable<Reply> {
        ++asked;
        co_return c.reply;
      });
      const auto web = client(executor);
      Request request = get({.host = "127.0.0.1", .port = site->port()});
      request.method = c.method;
      const auto answer = co_await web->send(request);
      REQUIRE_FALSE(answer);
      CHECK(answer.error().code == c.code);
      CHECK(asked == 1);
    });
  }
}

TEST_CASE("client: the deadline holds before and during the answer") {
  for (const std::string_view begun : {"", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"}) {
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
      CAPTURE(begun);
      const RawServer site(executor, [&](TlsStream& stream, int) -> asio::awaitable<void> {
        (void)co_await read_head(stream);
        if (!begun.empty()) co_await stream.write(begun);
        (void)co_await read_head(stream);  // until the client goes
      });
      const auto web = client(executor, {.connections_max = 1});
      Request request = get(site.origin());
      request.timeout = 50ms;
      const auto answer = co_await web->send(request);
      REQUIRE_FALSE(answer);
      CHECK(answer.error().code == Errc::outcome_unknown);
      CHECK(answer.error().message.find("50 ms") != std::string::npos);
    });
  }
}

TEST_CASE("client: the deadline holds for TLS and for a place in the pool") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    // Listens, and never says a word.
    asio::ip::tcp::acceptor silent(executor, {asio::ip::address_v4::loopback(), 0});
    const auto web = client(executor, {.connections_max = 1});
    const Origin origin{.host = "127.0.0.1", .port = silent.local_endpoint().port()};
    std::vector<std::function<asio::awaitable<void>()>> tasks;
    tasks.reserve(50);
    std::vector<Errc> codes;
    for (int i = 0; i < 2; ++i) {
      tasks.emplace_back([&, i]() -> asio::awaitable<void> {
        Request request = post(origin, "");
        request.timeout = i == 0 ? 100ms : 30ms;
        const auto answer = co_await web->send(request);
        if (!answer) codes.push_back(answer.error().code);
      });
    }
    co_await run_all(std::move(tasks), 2);
    CHECK(codes == std::vector<Errc>{Errc::unavailable, Errc::unavailable});
  });
}

TEST_CASE("client: what must leave soon does not wait for a place or a connection") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    asio::ip::tcp::acceptor silent(executor, {asio::ip::address_v4::loopback(), 0});
    const auto web = client(executor, {.connections_max = 1});
    const Origin origin{.host = "127.0.0.1", .port = silent.local_endpoint().port()};
    std::vector<std::function<asio::awaitable<void>()>> tasks;
    std::vector<std::string> ended;
    for (const std::string name : {"patient", "waits for a place", "waits for TLS"}) {
      tasks.emplace_back([&, name]() -> asio::awaitable<void> {
        Request request = post(origin, "");
        request.timeout = name == "patient" ? 300ms : 5000ms;
        if (name != "patient") request.patience = 100ms;
        if (name == "waits for TLS") co_await sleep_for(310ms);
        const auto answer = co_await web->send(request);
        CHECK(answer.error().code == Errc::unavailable);
        ended.push_back(name);
      });
    }
    const auto begin = std::chrono::steady_clock::now();
    co_await run_all(std::move(tasks), 3);
    CHECK(ended == std::vector<std::string>{"waits for a place", "patient", "waits for TLS"});
    CHECK(std::chrono::steady_clock::now() - begin < 3s);
  });
}

TEST_CASE("client: nobody there is unavailable, and may be there later") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    std::optional<asio::ip::tcp::acceptor> gone(
        std::in_place, executor, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    const Origin origin{.host = "127.0.0.1", .port = gone->local_endpoint().port()};
    gone.reset();
    const auto web = client(executor);
    const Request request = post(origin, "x");
    const auto answer = co_await web->send(request);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Errc::unavailable);
    CHECK_FALSE(is_permanent(answer.error()));
  });
}

TEST_CASE("client: connections are kept, unless the answer speaks against it") {
  struct Case {
    std::string_view name;
    std::string first;
    int connections;
  };
  const Case cases[] = {
      {"kept", std::string(empty_ok), 1},
      {"closing", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 2},
      {"busy", "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", 2},
      {"throttled", "HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n", 1},
      {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 2},
      {"more than was asked for", std::string(empty_ok) + "HTTP/1.1 200 OK\r\n", 2},
  };
  for (const Case& c : cases) {
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
      CAPTURE(c.name);
      const RawServer site(executor, [&](TlsStream& stream, int number) -> asio::awaitable<void> {
        std::string_view said = number == 1 ? std::string_view(c.first) : empty_ok;
        while (!(co_await read_head(stream)).empty()) {
          co_await stream.write(said);
          said = empty_ok;
        }
      });
      const auto web = client(executor);
      const Request request = post(site.origin(), "");
      const auto first = co_await web->send(request);
      CHECK(first);
      const auto second = co_await web->send(request);
      REQUIRE(second);
      CHECK(second->status == 200);
      CHECK(site.connections() == c.connections);
    });
  }
}

TEST_CASE("client: an idle connection that is too old or was closed is not used again") {
  for (const bool closes : {true, false}) {
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
      bool closed = false;
      const RawServer site(executor, [&](TlsStream& stream, int) -> asio::awaitable<void> {
        (void)co_await read_head(stream);
        co_await stream.write(empty_ok);
        if (closes) {
          stream.close();
        } else {
          (void)co_await read_head(stream);
        }
        closed = true;
      });
      const auto web = client(executor, {.idle_max = closes ? 60s : 0ms});
      const Request request = post(site.origin(), "");
      const auto first = co_await web->send(request);
      CHECK(first);
      while (closes && !closed) co_await give_way();
      const auto second = co_await web->send(request);
      CHECK(second);
      CHECK(site.connections() == 2);
    });
  }
}

TEST_CASE(
    "client: a kept connection that dies under a request: a read is sent again, a write is not") {
  struct Case {
    std::string method;
    bool answered;
  };
  for (const Case& c : {Case{"GET", true}, Case{"POST", false}, Case{"DELETE", false}}) {
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
      CAPTURE(c.method);
      const RawServer site(executor, [&](TlsStream& stream, int number) -> asio::awaitable<void> {
        (void)co_await read_head(stream);
        co_await stream.write(empty_ok);
        if (number > 1) (void)co_await read_head(stream);
        (void)co_await read_head(stream);
      });
      const auto web = client(executor);
      Request request = get(site.origin());
      (void)co_await web->send(request);
      request.method = c.method;
      const auto answer = co_await web->send(request);
      CHECK(static_cast<bool>(answer) == c.answered);
      if (!answer) CHECK(answer.error().code == Errc::outcome_unknown);
      CHECK(site.connections() == (c.answered ? 2 : 1));
    });
  }
}

TEST_CASE("client: early sees the page while it is still coming, plain or packed") {
  const std::string begin = R"({"@odata.nextLink":"https://graph.example/2","value":[)";
  const std::string body = begin + std::string(200'000, ' ') + "]}";
  const std::string packed = gzip(body, 1);
  for (const bool packs : {false, true}) {
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
      bool seen = false;
      const std::string all = ok(packs ? packed : body, packs ? "Content-Encoding: gzip\r\n" : "");
      const RawServer site(executor, [&](TlsStream& stream, int) -> asio::awaitable<void> {
        (void)co_await read_head(stream);
        const std::string_view bytes = all;
        // All but the end; the rest only after the client has had its look.
        co_await stream.write(bytes.substr(0, bytes.size() - 20));
        while (!seen) co_await give_way();
        co_await stream.write(bytes.substr(bytes.size() - 20));
      });
      const auto web = client(executor);
      int asked = 0;
      Request request = get(site.origin());
      request.early = [&](std::string_view so_far) {
        ++asked;
        seen = so_far.starts_with(begin);
        return seen;
      };
      const auto answer = co_await web->send(request);
      REQUIRE(answer);
      CHECK(answer->body == body);
      CHECK(seen);
      CHECK(asked == 1);
    });
  }
}

TEST_CASE("client: early is not asked about errors, and not again once it is satisfied") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    const auto site = server(executor, [](Request request) -> asio::awaitable<Reply> {
      co_return text(std::string(500'000, 'x'), request.target == "/" ? 200 : 404);
    });
    const auto web = client(executor);
    const Origin origin{.host = "127.0.0.1", .port = site->port()};
    int asked = 0;
    Request request = get(origin, "/missing");
    request.headers = {{"Accept-Encoding", "identity"}};
    request.early = [&](std::string_view) { return ++asked == 3; };
    (void)co_await web->send(request);
    CHECK(asked == 0);
    request.target = "/";
    (void)co_await web->send(request);
    CHECK(asked == 3);
  });
}

TEST_CASE("client: a cancelled request gives its place back and drops its connection") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    bool asked = false;
    const RawServer site(executor, [&](TlsStream& stream, int number) -> asio::awaitable<void> {
      while (!(co_await read_head(stream)).empty()) {
        asked = true;
        if (number > 1) co_await stream.write(empty_ok);
      }
    });
    const auto web = client(executor, {.connections_max = 1});
    const Request request = get(site.origin());
    bool over = false;
    asio::cancellation_signal signal;
    const auto ask = [&]() -> asio::awaitable<void> { (void)co_await web->send(request); };
    asio::co_spawn(executor, ask,
                   asio::bind_cancellation_slot(signal.slot(),
                                                [&](const std::exception_ptr&) { over = true; }));
    while (!asked) co_await give_way();
    signal.emit(asio::cancellation_type::terminal);
    while (!over) co_await give_way();
    const auto answer = co_await web->send(request);
    CHECK(answer);
    CHECK(site.connections() == 2);
  });
}

TEST_CASE("client: requests that never end are taken down with their loop") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    bool asked = false;
    const auto site = server(executor, [&](Request) -> asio::awaitable<Reply> {
      asked = true;
      co_await sleep_for(1h);
      co_return text("never");
    });
    const auto web = std::shared_ptr<TlsClient>(client(executor, {.connections_max = 1}));
    for (int i = 0; i < 3; ++i) {
      const Request request = get({.host = "127.0.0.1", .port = site->port()});
      const auto ask = [](std::shared_ptr<TlsClient> through,
                          Request what) -> asio::awaitable<void> {
        (void)co_await through->send(what);
      };
      asio::co_spawn(executor, ask(web, request), [](const std::exception_ptr&) {});
    }
    while (!asked) co_await give_way();
  });
  CHECK(true);
}
