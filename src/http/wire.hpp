#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "http/tls_server.hpp"

namespace clawback::http {

// The bytes of a request. Errc::invalid for what would break out of its line, and for headers that
// are ours to set: Host, Content-Length, Transfer-Encoding, Connection.
Result<std::string> request_bytes(const Request& request);

// Status line and headers of an answer whose body, if its status has one, will be `body_size`
// bytes.
std::string reply_head(const Reply& reply, std::size_t body_size, bool keep_alive);

// The same for a body that comes in pieces until the connection ends.
std::string stream_head(const Reply& reply, bool chunks);

// 204, 304 and 1xx never have a body.
bool has_body(int status);

// Whether an Accept-Encoding header lets us send gzip.
bool accepts_gzip(const Headers& headers);

bool is_token(std::string_view text);  // RFC 9110: method and header names
// Visible ASCII, blanks and tabs inside, bytes over 0x7f.
bool is_header_value(std::string_view text);

}  // namespace clawback::http
