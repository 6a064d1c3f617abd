#pragma once

#include <string>

#include "http/transport.hpp"

namespace clawback::auth {

namespace asio = boost::asio;

// The JWKS document of a tenant's issuer, as it came. The discovery document is asked for at
// `login` and believed only as far as it names that origin: issuer "<login>/<tenant>/v2.0" and a
// jwks_uri there. Errc::unavailable: no answer; Errc::protocol: an answer that is not that.
asio::awaitable<Result<std::string>> fetch_keys(http::Origin login, std::string tenant,
                                                http::Transport& transport);

}  // namespace clawback::auth
