#pragma once

#include <cstdint>

#include "cli/config.hpp"
#include "cli/context.hpp"
#include "console/settings.hpp"
#include "http/tls_server.hpp"

namespace clawback::cli {

// How the server of `serve` listens: with the certificate of [console], or without TLS on a
// loopback address. Errc::invalid: anything else; what is missing is named.
Result<http::TlsServerOptions> listen_options(const Config& config, const Environment& environment);

// Who may come in, and by which names the console goes once it listens on `port`.
Result<console::Settings> console_settings(const Config& config, std::uint16_t port,
                                           const Environment& environment);

}  // namespace clawback::cli
