#include "auth/loopback.hpp"

#include <doctest/doctest.h>

#include <boost/asio/this_coro.hpp>
#include <string_view>

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
