#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <list>
#include <string>
#include <utility>

#include "http/connection.hpp"
#include "http/crowd.hpp"
#include "http/tls_server.hpp"

// The connections of a server, and how it gets them.
namespace clawback::http {

struct ServerSession : Guest {
  static constexpr std::size_t room_at_first = 4u << 10u;
  ServerSession(asio::ip::tcp::socket socket, asio::ssl::context* context)
      : connection(std::move(socket), context, room_at_first) {}
  void now_is(Doing next) {
    doing = next;
    since = TlsStream::Clock::now();
  }
  // A request was read and is not answered yet.
  [[nodiscard]] bool busy() const {
    return doing == Doing::answering || doing == Doing::writing || doing == Doing::streaming;
  }
  Connection connection;
  asio::cancellation_signal signal;
};

// The port that `acceptor` listens on from now. Errc::invalid: without TLS on an address that
// others reach; Errc::io: it can't.
Result<std::uint16_t> listen(asio::ip::tcp::acceptor& acceptor, const TlsServerOptions& options);

// Whether there is room for one more from there, once somebody was sent away for it.
bool make_room(std::list<ServerSession>& sessions, const std::string& address,
               const TlsServerOptions& options, ServerCounts& counts);

}  // namespace clawback::http
