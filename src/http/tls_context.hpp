#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "http/message.hpp"

namespace clawback::http {

namespace asio = boost::asio;

// TLS 1.2 or newer; the chain is verified against the system's certificates and those of `ca_file`.
Result<asio::ssl::context> client_context(const std::optional<std::string>& ca_file);
Result<asio::ssl::context> server_context(const std::string& certificate_pem,
                                          const std::string& key_pem);

// Whom this connection must be to: its certificate has to carry exactly this DNS name or address.
Result<void> expect_peer(SSL* ssl, const Origin& origin);

// Why a handshake failed, for a person: "certificate verify failed (self-signed certificate)".
std::string handshake_failure(SSL* ssl, const boost::system::error_code& failed);

}  // namespace clawback::http
