#include "auth/loopback.hpp"

#include <doctest/doctest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <string_view>
#include <vector>

#include "http/run.hpp"

using namespace clawback;
using namespace clawback::auth;

namespace {

std::string head(std::string_view line, std::string_view host = "localhost:4711") {
  return std::string(line) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n";
}

}  // namespace

TEST_CASE("loopback: only our answer is the answer") {
  struct Case {
    std::string_view name;
    std::string head;
    int status;
  };
  const Case cases[] = {
      {"a code", head("GET /?code=c&state=s3cret"), 200},
      {"an error",
       head("GET /?error=access_denied&error_description=AADSTS65004%3A+no&state=s3cret"), 200},
      {"by address", head("GET /?code=c&state=s3cret", "127.0.0.1:4711"), 200},
      {"wrong state", head("GET /?code=c&state=other"), 400},
      {"no state", head("GET /?code=c"), 400},
      {"state twice", head("GET /?code=c&state=s3cret&state=s3cret"), 400},
      {"code twice", head("GET /?code=c&code=d&state=s3cret"), 400},
      {"code and error", head("GET /?code=c&error=e&state=s3cret"), 400},
      {"neither", head("GET /?state=s3cret"), 400},
      {"half a character", head("GET /?code=%4&state=s3cret"), 400},
      {"another path", head("GET /favicon.ico"), 404},
      {"another method", head("POST /?code=c&state=s3cret"), 405},
      {"another host", head("GET /?code=c&state=s3cret", "evil.example:4711"), 400},
      {"another port", head("GET /?code=c&state=s3cret", "localhost:80"), 400},
      {"two hosts",
       "GET /?code=c&state=s3cret HTTP/1.1\r\nHost: localhost:4711\r\nHost: localhost:4711\r\n\r\n",
       400},
      {"no host", "GET /?code=c&state=s3cret HTTP/1.1\r\n\r\n", 400},
      {"no HTTP", "GET /?code=c&state=s3cret\r\n\r\n", 400},
      {"nothing", "", 400},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(read_redirect(c.head, 4711, "s3cret").status == c.status);
  }
  const Redirect no = read_redirect(cases[1].head, 4711, "s3cret");
  CHECK(no.error == "access_denied");
  CHECK(no.description == "AADSTS65004: no");
  // Without a state of our own nothing fits.
  CHECK(read_redirect(head("GET /?code=c&state="), 4711, "").status == 400);
}

TEST_CASE("loopback: it waits no longer than it is told") {
  const auto outcome =
      http::await<Result<Redirect>>([]() -> http::asio::awaitable<Result<Redirect>> {
        const auto executor = co_await http::asio::this_coro::executor;
        const auto loopback = Loopback::listen(executor, "state");
        REQUIRE(loopback);
        CHECK((*loopback)->port() != 0);
        auto answer = co_await (*loopback)->answer(std::chrono::milliseconds(20));
        co_return answer;
      });
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Errc::unauthenticated);
}

namespace {

namespace asio = http::asio;
using asio::ip::tcp;

tcp::endpoint at(const char* address, std::uint16_t port) {
  return {asio::ip::make_address_v4(address), port};
}

// Asks, and reads all of the answer.
asio::awaitable<std::string> reply_to(std::uint16_t port, std::string target) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(at("127.0.0.1", port), asio::use_awaitable);
  const std::string request =
      "GET " + target + " HTTP/1.1\r\nHost: localhost:" + std::to_string(port) + "\r\n\r\n";
  co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
  std::string out;
  co_await asio::async_read(socket, asio::dynamic_buffer(out), asio::as_tuple(asio::use_awaitable));
  co_return out;
}

}  // namespace

TEST_CASE("loopback: the first answer is the one, and a wrong one before it changes nothing") {
  http::run([]() -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    const auto loopback = Loopback::listen(executor, "s3cret");
    REQUIRE(loopback);
    const std::uint16_t port = (*loopback)->port();
    const std::string forged = co_await reply_to(port, "/?code=forged&state=other");
    CHECK(forged.starts_with("HTTP/1.1 400"));
    const std::string first = co_await reply_to(port, "/?code=ours&state=s3cret");
    CHECK(first.starts_with("HTTP/1.1 200"));
    CHECK(first.find("ours") == std::string::npos);
    const std::string later = co_await reply_to(port, "/?code=later&state=s3cret");
    CHECK(later.starts_with("HTTP/1.1 404"));
    const auto answer = co_await (*loopback)->answer(std::chrono::seconds(5));
    REQUIRE(answer);
    CHECK(answer->code == "ours");
  });
}

TEST_CASE("loopback: it listens on 127.0.0.1 alone, and to sixteen at a time") {
  http::run([]() -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    const auto loopback = Loopback::listen(executor, "s3cret");
    REQUIRE(loopback);
    const std::uint16_t port = (*loopback)->port();
    tcp::socket elsewhere(executor);
    const auto [failed] = co_await elsewhere.async_connect(at("127.0.0.2", port),
                                                           asio::as_tuple(asio::use_awaitable));
    CHECK(failed);
    std::vector<tcp::socket> open;
    open.reserve(17);
    for (int i = 0; i < 17; ++i) {
      co_await open.emplace_back(executor).async_connect(at("127.0.0.1", port),
                                                         asio::use_awaitable);
    }
    asio::steady_timer limit(executor, std::chrono::seconds(3));
    limit.async_wait([&](boost::system::error_code stopped) {
      if (!stopped) open.back().cancel();
    });
    char byte = 0;
    const auto [ended, size] = co_await open.back().async_read_some(
        asio::buffer(&byte, 1), asio::as_tuple(asio::use_awaitable));
    CHECK(ended == asio::error::eof);
    CHECK(size == 0);
    limit.cancel();
  });
}
