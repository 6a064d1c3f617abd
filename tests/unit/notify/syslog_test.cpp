#include <doctest/doctest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/local/datagram_protocol.hpp>
#include <boost/asio/read.hpp>

#include "messages.hpp"
#include "notify/render.hpp"
#include "notify/send.hpp"
#include "receivers.hpp"

using namespace clawback;
using namespace clawback::notify;
using namespace clawback::notify::test;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> lines() { return to_syslog(full(), "h"); }

// What waits in a datagram socket.
template <class Socket>
std::vector<std::string> drain(Socket& socket) {
  std::vector<std::string> out;
  socket.non_blocking(true);
  for (;;) {
    std::string room(65'536, '\0');
    boost::system::error_code failed;
    const std::size_t size = socket.receive(asio::buffer(room), 0, failed);
    if (failed) return out;
    room.resize(size);
    out.push_back(std::move(room));
  }
}

SyslogAddress address(SyslogAddress::Kind kind, std::uint16_t port) {
  return {.kind = kind, .host = "127.0.0.1", .port = port};
}

}  // namespace

TEST_CASE("syslog: one datagram a message on a unix socket") {
  const Folder folder;
  on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
    const std::string path = (folder.path / "log").string();
    asio::local::datagram_protocol::socket socket(executor, path);
    const SyslogAddress to{.path = path};
    const auto sent = co_await send_syslog(to, lines(), 5s);
    CHECK(sent);
    CHECK(drain(socket) == lines());
  });
}

TEST_CASE("syslog: one datagram a message over UDP") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    using asio::ip::udp;
    udp::socket socket(executor, udp::endpoint(asio::ip::address_v4::loopback(), 0));
    const auto to = address(SyslogAddress::Kind::udp, socket.local_endpoint().port());
    const auto sent = co_await send_syslog(to, lines(), 5s);
    CHECK(sent);
    CHECK(drain(socket) == lines());
  });
}

TEST_CASE("syslog: counted octets over TCP") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    using asio::ip::tcp;
    tcp::acceptor acceptor(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    const auto to = address(SyslogAddress::Kind::tcp, acceptor.local_endpoint().port());
    const auto sent = co_await send_syslog(to, lines(), 5s);
    CHECK(sent);
    tcp::socket socket = acceptor.accept();
    std::string got;
    boost::system::error_code ended;
    asio::read(socket, asio::dynamic_buffer(got), ended);
    // Read by the counts alone.
    std::vector<std::string> frames;
    for (std::size_t at = 0; at < got.size();) {
      const std::size_t blank = got.find(' ', at);
      REQUIRE(blank != std::string::npos);
      const std::size_t size = std::stoul(got.substr(at, blank - at));
      frames.push_back(got.substr(blank + 1, size));
      at = blank + 1 + size;
    }
    CHECK(frames == lines());
  });
}

TEST_CASE("syslog: nobody there is an error that names the place") {
  on_loop([](asio::any_io_executor) -> asio::awaitable<void> {
    const SyslogAddress path{.path = "/nowhere/log"};
    auto sent = co_await send_syslog(path, lines(), 5s);
    REQUIRE_FALSE(sent);
    CHECK(sent.error().message.starts_with("/nowhere/log: can't connect: "));
    sent = co_await send_syslog(address(SyslogAddress::Kind::tcp, 1), lines(), 5s);
    REQUIRE_FALSE(sent);
    CHECK(sent.error().message.starts_with("127.0.0.1: can't connect: "));
  });
}

TEST_CASE("syslog: a receiver that takes nothing is given up at the deadline") {
  const Folder folder;
  on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
    const std::string path = (folder.path / "log").string();
    asio::local::datagram_protocol::socket socket(executor, path);
    const SyslogAddress to{.path = path};
    const std::vector<std::string> many(20'000, std::string(2'000, 'x'));
    const auto sent = co_await send_syslog(to, many, 100ms);
    REQUIRE_FALSE(sent);
    CHECK(sent.error().message == path + ": can't send: it took too long");
  });
}
