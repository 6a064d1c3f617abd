#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "http/transport.hpp"
#include "notify/target.hpp"

namespace clawback::notify {

namespace asio = boost::asio;

// How a payload reaches a target.
struct Means {
  Environment environment;
  // What `${CREDENTIALS_DIRECTORY}` and the like in a path of the configuration stand for.
  std::function<Result<std::filesystem::path>(const std::filesystem::path&)> locate;
  std::function<Time()> now;
  std::chrono::milliseconds timeout{10'000};     // for one attempt, connecting included
  std::chrono::milliseconds retry_delay{1'000};  // before the second attempt; then twice that
  int attempts_max = 3;                          // of webhook and Teams, on 429, 5xx and no answer
};

// The key or the address that a source holds. Errc::invalid names the source, never what is in it.
Result<Secret> read_secret(const SecretSource& source, const Means& means);

// POSTs `body` to a webhook or to Teams. `id` goes along so that a receiver can tell a repeated
// message. Every 2xx is a success; a redirect is not followed. Neither the address nor what was
// answered is in the error: only the host and the status.
asio::awaitable<Result<void>> post(http::Transport& transport, const Target& target,
                                   const std::string& id, const std::string& body,
                                   const Means& means);

// One message a datagram (path, udp), or counted octets on one connection (tcp, RFC 6587 3.4.1).
// Success means that all was handed over: syslog acknowledges nothing.
asio::awaitable<Result<void>> send_syslog(const SyslogAddress& address,
                                          const std::vector<std::string>& lines,
                                          std::chrono::milliseconds timeout);

}  // namespace clawback::notify
