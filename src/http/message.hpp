#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace clawback::http {

struct Header {
  std::string name;
  std::string value;
  friend bool operator==(const Header&, const Header&) = default;
};
using Headers = std::vector<Header>;

// The first header of that name, whatever its case; nullptr if there is none.
const std::string* find(const Headers& headers, std::string_view name);

// scheme is always https. `host` is a DNS name or an address, lower case, without brackets.
struct Origin {
  std::string host;
  std::uint16_t port = 443;
  [[nodiscard]] std::string url() const;  // "https://host" or "https://host:port"
  friend auto operator<=>(const Origin&, const Origin&) = default;
};

struct Url {
  Origin origin;
  std::string target;  // path and query, starts with '/'
};
// Absolute https URLs only; user information, fragments, controls and blanks are refused.
Result<Url> parse_url(std::string_view url);
Result<Origin> parse_origin(std::string_view url);

struct Request {
  std::string method = "GET";
  Origin origin;
  std::string target = "/";
  Headers headers;
  std::string body;
  std::chrono::milliseconds timeout{60'000};  // for the whole exchange, connecting included
  // How long it may take until it leaves, repeating included; nullopt: as the retry policy and
  // `timeout` say.
  std::optional<std::chrono::milliseconds> patience = std::nullopt;
  std::size_t body_max = 64u << 20u;  // of the decoded answer; larger is Errc::protocol
  // Called with the decoded body so far, as it grows, until it answers true: lets paging see the
  // next link before the page is complete. Never called for an answer other than 200.
  std::function<bool(std::string_view)> early;
  // Of an incoming request: the client's address, without its port.
  std::string peer;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;  // decoded (gzip), complete
  friend bool operator==(const Response&, const Response&) = default;
};

}  // namespace clawback::http
