#pragma once

#include <boost/asio/awaitable.hpp>

#include "http/message.hpp"

namespace clawback::http {

namespace asio = boost::asio;

// One exchange with a server. An HTTP error status is a Response; an Error means that no complete
// answer came: Errc::unavailable when nothing of the request can have been acted on (no connection,
// TLS refused), Errc::outcome_unknown when it may have been, Errc::protocol when the answer is
// unusable (too large, bad gzip, bad HTTP).
class Transport {
 public:
  virtual ~Transport() = default;
  virtual asio::awaitable<Result<Response>> send(const Request& request) = 0;
};

// An unavailable server that will not become available by asking again: the error's details hold
// {"permanent", "tls"} when its certificate or the TLS handshake was refused.
bool is_permanent(const Error& error);

// Errc::unavailable of a request that would have had to wait: it is the caller's again, who may
// look first at what changed meanwhile.
Error held_back(std::string why);
bool was_held_back(const Error& error);

}  // namespace clawback::http
