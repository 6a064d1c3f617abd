#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <list>
#include <new>
#include <string>

#include "http/server_session.hpp"
#include "site.hpp"

using namespace clawback;
using namespace clawback::http;
using namespace clawback::http::test;
using namespace std::chrono_literals;

namespace {

using tcp = asio::ip::tcp;

// What a server needs for one more session.
[[maybe_unused]] constexpr std::size_t session_size = sizeof(std::_List_node<ServerSession>);
[[maybe_unused]] int refused = 0;
[[maybe_unused]] bool no_memory = false;

TlsServerOptions plain() {
  TlsServerOptions options;
  options.plain = true;
  return options;
}

tcp::socket open_to(const TlsServer& site, asio::io_context& loop) {
  tcp::socket socket(loop);
  socket.connect({asio::ip::address_v4::loopback(), site.port()});
  asio::write(socket, asio::buffer(std::string("GET / HTTP/1.1\r\nHost: a\r\n\r\n")));
  return socket;
}

}  // namespace

// A sanitizer has its own.
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define CLAWBACK_OWN_NEW 1
// As the default ones, but that a session's memory can be refused.
void* operator new(std::size_t size) {
  if (no_memory && size == session_size) {
    ++refused;
    throw std::bad_alloc();
  }
  if (void* const room = std::malloc(std::max<std::size_t>(size, 1))) return room;
  throw std::bad_alloc();
}
void operator delete(void* room) noexcept { std::free(room); }
void operator delete(void* room, std::size_t) noexcept { std::free(room); }
#endif

// The moment after the last connection has ended, with what forgets it still to come; a sanitizer
// sees who looks at it afterwards.
TEST_CASE("server: it goes away right when connections have ended") {
  for (std::size_t number = 1; number <= 24; ++number) {
    CAPTURE(number);
    const std::size_t stay = number % 3;
    asio::io_context loop(1);
    const Handler handler = [stay](Request) -> asio::awaitable<Reply> {
      if (stay == 2) co_await sleep_for(1h);
      co_return text("here");
    };
    auto site = server(loop.get_executor(), handler, plain());
    std::list<tcp::socket> clients;
    for (std::size_t i = 0; i < number; ++i) clients.push_back(open_to(*site, loop));
    while (site->counts().accepted < number) REQUIRE(loop.run_one_for(5s) == 1);
    if (stay == 2) loop.run_for(10ms);
    while (clients.size() > stay) clients.pop_back();
    if (stay == 0) site->stop();
    // Of a handler that sleeps nobody learns that the client has gone.
    const std::size_t left = stay == 2 ? number : stay;
    while (site->counts().open > left) REQUIRE(loop.run_one_for(5s) == 1);
    site.reset();
    loop.restart();
    CHECK(loop.run_for(5s) > 0);
    CHECK(loop.stopped());
  }
}

#ifdef CLAWBACK_OWN_NEW
TEST_CASE("server: without memory for one connection it goes on accepting") {
  asio::io_context loop(1);
  const Handler handler = [](Request) -> asio::awaitable<Reply> { co_return text("here"); };
  const auto site = server(loop.get_executor(), handler, plain());
  no_memory = true;
  const tcp::socket unlucky = open_to(*site, loop);
  for (int i = 0; i < 100 && refused == 0; ++i) (void)loop.run_one_for(50ms);
  no_memory = false;
  REQUIRE(refused == 1);
  CHECK(site->counts().open == 0);
  const tcp::socket next = open_to(*site, loop);
  for (int i = 0; i < 100 && site->counts().open == 0; ++i) (void)loop.run_one_for(50ms);
  CHECK(site->counts().open == 1);
  CHECK(site->counts().turned_away == 1);
}
#endif
