#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <vector>

#include "http/form.hpp"
#include "site.hpp"

using namespace clawback;
using namespace clawback::http;
using namespace clawback::http::test;
using namespace std::chrono_literals;

namespace {

using tcp = asio::ip::tcp;
using boost::system::error_code;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

Handler hello() {
  return [](Request request) -> asio::awaitable<Reply> {
    co_return text(request.method + " " + request.target + " from " + request.peer);
  };
}

TlsServerOptions plain() {
  TlsServerOptions options;
  options.plain = true;
  options.certificate_pem = "not looked at";
  return options;
}

// A client that says what it likes.
struct Raw {
  explicit Raw(const asio::any_io_executor& executor) : socket(executor) {}
  asio::awaitable<void> open(std::uint16_t port) {
    co_await socket.async_connect({asio::ip::address_v4::loopback(), port}, asio::use_awaitable);
  }
  asio::awaitable<bool> say(std::string bytes) {
    const auto [failed, size] = co_await asio::async_write(socket, asio::buffer(bytes), as_result);
    co_return !failed;
  }
  // Everything until the server closes.
  asio::awaitable<std::string> rest() {
    std::string all;
    std::array<char, 4096> room{};
    for (;;) {
      const auto [failed, size] = co_await socket.async_read_some(asio::buffer(room), as_result);
      all.append(room.data(), size);
      if (failed) co_return all;
    }
  }
  // Until `end` is in what came.
  asio::awaitable<std::string> until(std::string_view end) {
    std::string all;
    std::array<char, 4096> room{};
    while (all.find(end) == std::string::npos) {
      const auto [failed, size] = co_await socket.async_read_some(asio::buffer(room), as_result);
      all.append(room.data(), size);
      if (failed) break;
    }
    co_return all;
  }
  tcp::socket socket;
};

asio::awaitable<void> wait_until(std::function<bool()> holds) {
  while (!holds()) co_await sleep_for(5ms);
}

}  // namespace

TEST_CASE("server: without TLS it answers on a loopback address and nowhere else") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    const auto site = server(executor, hello(), plain());
    Raw raw(executor);
    co_await raw.open(site->port());
    co_await raw.say("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const auto answer = co_await raw.rest();
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(answer.ends_with("GET /x from 127.0.0.1"));
    for (const char* const address : {"0.0.0.0", "::", "192.0.2.1"}) {
      CAPTURE(address);
      TlsServerOptions options = plain();
      options.address = address;
      const auto refused = TlsServer::make(executor, options, hello());
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == Errc::invalid);
    }
  });
}

TEST_CASE("server: no byte prolongs a request's time, not the first one's and not a later one's") {
  for (const bool later : {false, true}) {
    on_loop([later](asio::any_io_executor executor) -> asio::awaitable<void> {
      CAPTURE(later);
      TlsServerOptions options = plain();
      options.request_max = 150ms;
      options.idle_max = 10s;
      const auto site = server(executor, hello(), options);
      Raw raw(executor);
      co_await raw.open(site->port());
      if (later) {
        co_await raw.say("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        (void)co_await raw.until("127.0.0.1");
        co_await sleep_for(300ms);  // resting is not asking
      }
      const auto begun = std::chrono::steady_clock::now();
      bool open = true;
      for (int i = 0; i < 100 && open; ++i) {
        open = co_await raw.say("G");
        co_await sleep_for(20ms);
        if (site->counts().open == 0) open = false;
      }
      CHECK_FALSE(open);
      CHECK(std::chrono::steady_clock::now() - begun < 1500ms);
      CHECK(site->counts().timed_out == 1);
    });
  }
}

TEST_CASE("server: TLS that never gets ready is in the time of the first request") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    TlsServerOptions options;
    options.request_max = 100ms;
    options.idle_max = 10s;
    const auto site = server(executor, hello(), options);
    Raw raw(executor);
    co_await raw.open(site->port());
    co_await raw.say(std::string("\x16\x03\x01\x02\x00\x01", 6));
    const auto nothing = co_await raw.rest();
    CHECK(nothing.empty());
    co_await wait_until([&] { return site->counts().open == 0; });
    CHECK(site->counts().timed_out == 1);
    CHECK(site->counts().no_tls == 1);
  });
}

TEST_CASE("server: who rests too long is let go") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    TlsServerOptions options = plain();
    options.idle_max = 50ms;
    const auto site = server(executor, hello(), options);
    Raw raw(executor);
    co_await raw.open(site->port());
    co_await raw.say("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto all = co_await raw.rest();
    CHECK(all.ends_with("from 127.0.0.1"));
  });
}

TEST_CASE("server: who does not read its answer is let go") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    TlsServerOptions options = plain();
    options.write_max = 100ms;
    options.gzip = false;
    const auto site = server(
        executor,
        [](Request) -> asio::awaitable<Reply> { co_return text(std::string(64u << 20u, 'x')); },
        options);
    Raw raw(executor);
    co_await raw.open(site->port());
    co_await raw.say("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    co_await wait_until([&] { return site->counts().timed_out == 1; });
    co_await wait_until([&] { return site->counts().open == 0; });
  });
}

TEST_CASE("server: what is no request gets the refusal that was asked for") {
  struct Case {
    std::string_view name;
    std::string says;
    int status;
  };
  const Case cases[] = {
      {"no HTTP", "nonsense\r\n\r\n", 400},
      {"header too large", "GET / HTTP/1.1\r\nX: " + std::string(3000, 'x') + "\r\n\r\n", 431},
      {"header without an end", "GET / HTTP/1.1\r\nX: " + std::string(3000, 'x'), 431},
      {"body too large", "POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", 413},
      {"body grows too large",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'x'),
       413},
      {"two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400},
      {"length and chunks",
       "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: gzip\r\n\r\nx", 400},
  };
  for (const Case& c : cases) {
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
      CAPTURE(c.name);
      TlsServerOptions options = plain();
      options.header_max = 2048;
      options.body_max = 1000;
      options.refusal = [](int status) {
        Reply reply = text("because " + std::to_string(status), status);
        reply.headers.push_back({"X-Ours", "1"});
        return reply;
      };
      const auto site = server(executor, hello(), options);
      Raw raw(executor);
      co_await raw.open(site->port());
      co_await raw.say(c.says);
      const auto answer = co_await raw.until("because " + std::to_string(c.status));
      CHECK(answer.starts_with("HTTP/1.1 " + std::to_string(c.status) + " "));
      CHECK(answer.find("X-Ours: 1\r\n") != std::string::npos);
      CHECK(site->counts().unusable == 1);
    });
  }
}

TEST_CASE("server: a new connection takes the place of one that keeps us waiting") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    TlsServerOptions options = plain();
    options.connections_max = 4;
    const auto site = server(executor, hello(), options);
    std::vector<std::unique_ptr<Raw>> slow;
    for (int i = 0; i < 40; ++i) {
      slow.push_back(std::make_unique<Raw>(executor));
      co_await slow.back()->open(site->port());
      co_await slow.back()->say("GET / HT");
      CHECK(site->counts().open <= 5);
    }
    Raw healthy(executor);
    co_await healthy.open(site->port());
    co_await healthy.say("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto answer = co_await healthy.until("127.0.0.1");
    CHECK(answer.starts_with("HTTP/1.1 200"));
    CHECK(site->counts().displaced >= 36);
    CHECK(site->counts().open <= 4);
  });
}

TEST_CASE("server: a stream arrives piece by piece, and ends the connection") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    bool go_on = false;
    const auto handler = [&](Request) -> asio::awaitable<Reply> {
      Reply reply;
      reply.stream = [&](BodyWriter& writer) -> asio::awaitable<void> {
        co_await writer.write("first");
        while (!go_on) co_await writer.pause(1ms);
        co_await writer.write("second");
      };
      co_return reply;
    };
    const auto site = server(executor, handler, plain());
    Raw raw(executor);
    co_await raw.open(site->port());
    co_await raw.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto head = co_await raw.until("first");
    CHECK(head.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
    CHECK(head.find("Connection: close\r\n") != std::string::npos);
    CHECK(head.ends_with("5\r\nfirst\r\n"));
    go_on = true;
    const auto rest = co_await raw.rest();
    CHECK(rest == "6\r\nsecond\r\n0\r\n\r\n");
    Raw old(executor);
    co_await old.open(site->port());
    co_await old.say("GET / HTTP/1.0\r\n\r\n");
    const auto whole = co_await old.rest();
    CHECK(whole.ends_with("\r\n\r\nfirstsecond"));
  });
}

TEST_CASE("server: a stream is told when its client goes, when it does not read, and at the end") {
  struct Case {
    std::string_view name;
    bool leaves;
    bool stops;
  };
  for (const Case& c : {Case{"gone", true, false}, Case{"stops", false, true},
                        Case{"does not read", false, false}}) {
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
      CAPTURE(c.name);
      bool ended = false;
      const bool floods = !c.leaves && !c.stops;
      TlsServerOptions options = plain();
      options.write_max = 100ms;
      const auto handler = [&](Request) -> asio::awaitable<Reply> {
        Reply reply;
        reply.stream = [&](BodyWriter& writer) -> asio::awaitable<void> {
          bool there = co_await writer.write("x");
          const std::string much(floods ? 8u << 20u : 1, 'y');
          while (there && co_await writer.pause(1ms)) {
            if (floods) there = co_await writer.write(much);
          }
          ended = true;
        };
        co_return reply;
      };
      const auto site = server(executor, handler, options);
      Raw raw(executor);
      co_await raw.open(site->port());
      co_await raw.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      if (!floods) (void)co_await raw.until("x\r\n");
      if (c.leaves) raw.socket.close();
      if (c.stops) site->stop();
      co_await wait_until([&] { return ended; });
      CHECK(ended);
    });
  }
}

TEST_CASE("read_form: names once, decoded, and not too many") {
  CHECK(*read_form("a=1&b=%2B+x&c") == Form{{"a", "1"}, {"b", "+ x"}, {"c", ""}});
  CHECK(read_form("")->empty());
  CHECK_FALSE(read_form("a=1&a=2"));
  CHECK_FALSE(read_form("a=%2"));
  CHECK_FALSE(read_form("a=1&b=2&c=3", 2));
  CHECK(field(*read_form("a=1"), "b").empty());
}
