#include <doctest/doctest.h>

#include <openssl/ssl.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "http/connection.hpp"
#include "http/gzip.hpp"
#include "site.hpp"

using namespace clawback;
using namespace clawback::http;
using namespace clawback::http::test;
using namespace std::chrono_literals;

namespace {

Handler echo() {
  return [](Request request) -> asio::awaitable<Reply> {
    co_return text(request.method + " " + request.target + " " + request.body);
  };
}

std::string json_like(std::size_t size) {
  std::string body;
  while (body.size() < size) body += R"({"id":")" + std::to_string(body.size()) + R"(","x":null},)";
  body.resize(size);
  return body;
}

}  // namespace

TEST_CASE("tls: a request and its answer, by address and by name") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    const auto site = server(executor, echo());
    const auto web = client(executor);
    for (const std::string host : {"127.0.0.1", "localhost"}) {
      CAPTURE(host);
      const Request request = post({.host = host, .port = site->port()}, "body");
      const auto answer = co_await web->send(request);
      REQUIRE(answer);
      CHECK(answer->status == 200);
      CHECK(answer->body == "POST / body");
    }
  });
}

TEST_CASE("tls: the server sees method, target, headers and body as they were sent") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    std::optional<Request> seen;
    const auto site = server(executor, [&](Request request) -> asio::awaitable<Reply> {
      seen = std::move(request);
      co_return text("", 204);
    });
    const auto web = client(executor);
    Request request = post({.host = "127.0.0.1", .port = site->port()}, std::string(200'000, 'b'));
    request.method = "PATCH";
    request.target = "/v1.0/x?$filter=a%20eq%20'b'";
    request.headers = {{"X-One", "1"}};
    const auto answer = co_await web->send(request);
    REQUIRE(answer);
    CHECK(answer->status == 204);
    CHECK(answer->body.empty());
    REQUIRE(seen);
    CHECK(seen->method == "PATCH");
    CHECK(seen->target == request.target);
    CHECK(seen->body == request.body);
    CHECK(*find(seen->headers, "x-one") == "1");
    CHECK(*find(seen->headers, "host") == "127.0.0.1:" + std::to_string(site->port()));
  });
}

TEST_CASE("tls: a certificate that is not trusted or for another host is refused, for good") {
  struct Case {
    std::string_view name;
    std::string names;
    std::string host;
    bool trusted;
    bool accepted;
  };
  const Case cases[] = {
      {"right", "DNS:localhost,IP:127.0.0.1", "127.0.0.1", true, true},
      {"unknown authority", "DNS:localhost,IP:127.0.0.1", "127.0.0.1", false, false},
      {"other name", "DNS:other.example", "localhost", true, false},
      {"other address", "IP:127.0.0.2", "127.0.0.1", true, false},
      {"address as a DNS name", "DNS:127.0.0.1", "127.0.0.1", true, false},
      {"name for a connection by address", "DNS:localhost", "127.0.0.1", true, false},
      {"wildcard of everything", "DNS:*", "localhost", true, false},
  };
  const clawback::test::Authority stranger("stranger");
  for (const Case& c : cases) {
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
      CAPTURE(c.name);
      int asked = 0;
      const auto pem = (c.trusted ? authority() : stranger).issue(c.names);
      TlsServerOptions options;
      options.certificate_pem = pem.certificate;
      options.key_pem = pem.key;
      const auto handler = [&](Request) -> asio::awaitable<Reply> {
        ++asked;
        co_return text("secret");
      };
      const auto site = server(executor, handler, options);
      const auto web = client(executor);
      const Request request = get({.host = c.host, .port = site->port()});
      const auto answer = co_await web->send(request);
      CHECK(static_cast<bool>(answer) == c.accepted);
      CHECK(asked == (c.accepted ? 1 : 0));
      if (!answer) {
        CHECK(answer.error().code == Errc::unavailable);
        CHECK(is_permanent(answer.error()));
        CHECK(answer.error().message.find("certificate") != std::string::npos);
      }
    });
  }
}

TEST_CASE("tls: without a ca_file a private authority is not trusted") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    const auto site = server(executor, echo());
    const auto web = TlsClient::make(executor, {});
    REQUIRE(web);
    const Request request = get({.host = "127.0.0.1", .port = site->port()});
    const auto answer = co_await (*web)->send(request);
    CHECK_FALSE(answer);
  });
}

TEST_CASE("tls: a ca_file that is none is refused at once") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    const clawback::test::TemporaryFile empty("no certificate in here\n");
    for (const std::string& path : {empty.path(), empty.path() + ".missing"}) {
      const auto web = TlsClient::make(executor, {.ca_file = path});
      REQUIRE_FALSE(web);
      CHECK(web.error().code == Errc::invalid);
    }
    co_return;
  });
}

TEST_CASE("tls: TLS 1.1 is refused by both sides") {
  auto ours = client_context(std::nullopt);
  auto theirs = server_context(leaf().certificate, leaf().key);
  CHECK(SSL_CTX_get_min_proto_version(ours->native_handle()) == TLS1_2_VERSION);
  CHECK(SSL_CTX_get_min_proto_version(theirs->native_handle()) == TLS1_2_VERSION);
}

TEST_CASE("tls: answers are packed for who takes it, and unpacked on arrival") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    const std::string body = json_like(400'000);
    const auto site =
        server(executor, [&](Request) -> asio::awaitable<Reply> { co_return text(body); });
    const auto web = client(executor);
    Request request = get({.host = "127.0.0.1", .port = site->port()});
    const auto packed = co_await web->send(request);
    REQUIRE(packed);
    CHECK(packed->body == body);
    CHECK(*find(packed->headers, "content-encoding") == "gzip");
    CHECK(std::stoul(*find(packed->headers, "content-length")) < body.size() / 4);
    request.headers = {{"Accept-Encoding", "identity"}};
    const auto plain = co_await web->send(request);
    REQUIRE(plain);
    CHECK(plain->body == body);
    CHECK(find(plain->headers, "content-encoding") == nullptr);
  });
}

TEST_CASE("tls: HEAD has a length and no body, and the connection stays in step") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    const auto site = server(executor, echo());
    const auto web = client(executor);
    Request request = get({.host = "127.0.0.1", .port = site->port()});
    request.method = "HEAD";
    const auto head = co_await web->send(request);
    REQUIRE(head);
    CHECK(head->body.empty());
    CHECK(*find(head->headers, "content-length") == "7");
    request.method = "GET";
    const auto next = co_await web->send(request);
    REQUIRE(next);
    CHECK(next->body == "GET / ");
  });
}

TEST_CASE("tls: 50 requests at once share a pool of 4") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    int running = 0;
    int most = 0;
    bool full = false;
    const auto site = server(executor, [&](Request request) -> asio::awaitable<Reply> {
      most = std::max(most, ++running);
      // Until four are here, nobody is answered: they must be parallel.
      while (running < 4 && !full) co_await give_way();
      full = true;
      for (int i = 0; i < 20; ++i) co_await give_way();
      --running;
      co_return text(request.target);
    });
    const auto web = client(executor, {.connections_max = 4});
    int right = 0;
    std::vector<std::function<asio::awaitable<void>()>> tasks;
    tasks.reserve(50);
    for (int i = 0; i < 50; ++i) {
      tasks.emplace_back([&, i]() -> asio::awaitable<void> {
        const Request request =
            get({.host = "127.0.0.1", .port = site->port()}, "/" + std::to_string(i));
        const auto answer = co_await web->send(request);
        if (answer && answer->body == request.target) ++right;
      });
    }
    co_await run_all(std::move(tasks), 50);
    CHECK(right == 50);
    CHECK(most == 4);
  });
}

TEST_CASE("tls: a new connection resumes the session of the one before") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    std::vector<bool> resumed;
    RawServer site(executor, [&](TlsStream& stream, int) -> asio::awaitable<void> {
      while (!(co_await read_head(stream)).empty()) {
        resumed.push_back(SSL_session_reused(stream.native()) == 1);
        co_await stream.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      }
    });
    const auto web = client(executor);
    const Request request = get(site.origin());
    (void)co_await web->send(request);
    web->close_idle();
    (void)co_await web->send(request);
    CHECK(site.connections() == 2);
    CHECK(resumed == std::vector<bool>{false, true});
  });
}

TEST_CASE("tls: a request that is too large is told so, and ends the connection") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    int asked = 0;
    TlsServerOptions options;
    options.body_max = 1000;
    const auto handler = [&](Request) -> asio::awaitable<Reply> {
      ++asked;
      co_return text("");
    };
    const auto site = server(executor, handler, options);
    const auto web = client(executor);
    const Origin origin{.host = "127.0.0.1", .port = site->port()};
    const Request body = post(origin, std::string(100'000, 'x'));
    const auto large_body = co_await web->send(body);
    REQUIRE(large_body);
    CHECK(large_body->status == 413);
    Request header = get(origin);
    header.headers = {{"X", std::string(40'000, 'x')}};
    const auto large_header = co_await web->send(header);
    REQUIRE(large_header);
    CHECK(large_header->status == 431);
    CHECK(asked == 0);
  });
}

TEST_CASE("tls: stop lets a running request finish and takes no other") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    std::unique_ptr<TlsServer> site;
    site = server(executor, [&](Request) -> asio::awaitable<Reply> {
      site->stop();
      co_await give_way();
      co_return text("last");
    });
    const auto web = client(executor);
    const Request request = get({.host = "127.0.0.1", .port = site->port()});
    const auto last = co_await web->send(request);
    REQUIRE(last);
    CHECK(last->body == "last");
    CHECK(*find(last->headers, "connection") == "close");
    const auto none = co_await web->send(request);
    REQUIRE_FALSE(none);
    CHECK(none.error().code == Errc::unavailable);
  });
}

TEST_CASE("tls: a handler that throws or outlives its server harms nobody else") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    bool ended = false;
    std::unique_ptr<TlsServer> site;
    site = server(executor, [&](Request request) -> asio::awaitable<Reply> {
      struct End {
        bool& flag;
        ~End() { flag = true; }
      };
      if (request.target == "/throw") throw std::runtime_error("handler");
      const End end{ended};
      site.reset();
      co_await sleep_for(1h);
      co_return text("never");
    });
    const auto web = client(executor);
    const Origin origin{.host = "127.0.0.1", .port = site->port()};
    const Request bad = get(origin, "/throw");
    const auto thrown = co_await web->send(bad);
    CHECK_FALSE(thrown);
    const Request slow = get(origin, "/slow");
    const auto dropped = co_await web->send(slow);
    CHECK_FALSE(dropped);
    while (!ended) co_await give_way();
  });
}
