#include "notify/target.hpp"

#include <charconv>

#include "base/safe_text.hpp"

namespace clawback::notify {
namespace {

Error unusable(std::string_view text) {
  return Error{.code = Errc::invalid,
               .message = "\"" + printable(text, 80) + "\" is not a syslog address",
               .hint = "an absolute path such as /dev/log, udp://host:514 or tcp://host:514"};
}

bool is_host(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  for (const char c : host) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '.' || c == '-' || c == ':';
    if (!plain) return false;
  }
  return true;
}

}  // namespace

std::string_view name_of(Target::Kind kind) {
  switch (kind) {
    case Target::Kind::webhook:
      return "webhook";
    case Target::Kind::teams:
      return "teams";
    case Target::Kind::syslog:
      return "syslog";
  }
  return "webhook";
}

Result<SyslogAddress> parse_syslog_address(std::string_view text) {
  SyslogAddress out;
  if (text.starts_with('/')) {
    // What fits sockaddr_un, with its final zero.
    if (text.size() > 107 || text.find('\0') != std::string_view::npos) return unusable(text);
    out.path = std::string(text);
    return out;
  }
  if (text.starts_with("udp://")) {
    out.kind = SyslogAddress::Kind::udp;
  } else if (text.starts_with("tcp://")) {
    out.kind = SyslogAddress::Kind::tcp;
  } else {
    return unusable(text);
  }
  std::string_view rest = text.substr(6);
  std::string_view port;
  if (rest.starts_with('[')) {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos) return unusable(text);
    out.host = std::string(rest.substr(1, end - 1));
    rest = rest.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') return unusable(text);
    if (!rest.empty()) port = rest.substr(1);
    if (!rest.empty() && port.empty()) return unusable(text);
  } else {
    const std::size_t colon = rest.find(':');
    out.host = std::string(rest.substr(0, colon));
    if (out.host.find(':') != std::string::npos) return unusable(text);
    if (colon != std::string_view::npos) {
      port = rest.substr(colon + 1);
      if (port.empty()) return unusable(text);
    }
  }
  if (!is_host(out.host)) return unusable(text);
  if (port.empty()) return out;
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (failed != std::errc() || end != port.data() + port.size() || out.port == 0) {
    return unusable(text);
  }
  return out;
}

}  // namespace clawback::notify
