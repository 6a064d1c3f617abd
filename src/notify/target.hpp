#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "notify/message.hpp"

namespace clawback::notify {

// A variable of the environment; nullopt if it is not set.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

// Where a secret is: in a variable or in a file. One of the two is set.
struct SecretSource {
  std::string env;
  std::filesystem::path file;
  friend bool operator==(const SecretSource&, const SecretSource&) = default;
};

// Who is told. There is no mail: whoever took over a mailbox reads what is sent to it.
struct Target {
  enum class Kind : std::uint8_t { webhook, teams, syslog };
  std::string name;  // for messages and for what waits in the outbox; unique
  Kind kind = Kind::webhook;
  std::string url;        // webhook: the address, or…
  SecretSource url_from;  // …where it is: a Teams address is a secret
  SecretSource secret;    // webhook: the key that messages are signed with
  std::string address;    // syslog: an absolute path, udp://host:port or tcp://host:port
  std::vector<Event> on = std::vector<Event>(std::begin(every_event), std::end(every_event));
  friend bool operator==(const Target&, const Target&) = default;
};
std::string_view name_of(Target::Kind kind);

struct SyslogAddress {
  enum class Kind : std::uint8_t { unix_socket, udp, tcp };
  Kind kind = Kind::unix_socket;
  std::string path;
  std::string host;
  std::uint16_t port = 514;
  friend bool operator==(const SyslogAddress&, const SyslogAddress&) = default;
};
// "/dev/log", "udp://host", "udp://host:514", "tcp://[::1]:6514". Errc::invalid otherwise.
Result<SyslogAddress> parse_syslog_address(std::string_view text);

}  // namespace clawback::notify
