#include "http/server_session.hpp"

#include <boost/asio/ip/address.hpp>
#include <vector>

#include "base/safe_text.hpp"

namespace clawback::http {

using asio::ip::tcp;
using boost::system::error_code;

Result<std::uint16_t> listen(tcp::acceptor& acceptor, const TlsServerOptions& options) {
  error_code failed;
  const auto address = asio::ip::make_address(options.address, failed);
  if (!failed && options.plain && !address.is_loopback()) {
    return Error{.code = Errc::invalid,
                 .message = printable(options.address) + ": without TLS only a loopback address"};
  }
  const auto endpoint = tcp::endpoint(address, options.port);
  if (!failed) acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  const tcp::endpoint bound = failed ? tcp::endpoint() : acceptor.local_endpoint(failed);
  if (!failed) return bound.port();
  return Error{.code = Errc::io,
               .message = "listening on " + printable(options.address) + " port " +
                          std::to_string(options.port) + ": " + printable(failed.message()),
               .hint = "is the port taken, or below 1024?"};
}

bool make_room(std::list<ServerSession>& sessions, const std::string& address,
               const TlsServerOptions& options, ServerCounts& counts) {
  std::vector<const Guest*> guests;
  std::vector<ServerSession*> all;
  for (ServerSession& session : sessions) {
    guests.push_back(&session);
    all.push_back(&session);
  }
  const Crowd crowd{.guests_max = options.connections_max,
                    .per_address_max = options.connections_per_address};
  const Admission admission = admit(guests, address, crowd, TlsStream::Clock::now());
  if (!admission.admitted) ++counts.turned_away;
  if (!admission.instead_of) return admission.admitted;
  ServerSession& leaving = *all[*admission.instead_of];
  leaving.now_is(Guest::Doing::leaving);
  leaving.connection.stream.close();
  ++counts.displaced;
  // What was closed is there until its coroutine has seen it.
  return sessions.size() < 2 * options.connections_max;
}

}  // namespace clawback::http
