#pragma once

#include <functional>
#include <string>

#include "base/secret.hpp"
#include "base/time.hpp"
#include "http/transport.hpp"

namespace clawback::auth {

namespace asio = boost::asio;

// One person's sign-in at a tenant of the Microsoft identity platform, to get an ID token that
// carries `nonce`: authorization code with PKCE (S256) and a redirect to localhost. The client is
// public: it has no credential. Source: Entra documentation, v2-oauth2-auth-code-flow and
// reply-url; RFC 7636, RFC 8252.
struct SignIn {
  http::Origin login = {};
  std::string tenant = {};
  std::string client_id = {};
  std::string nonce = {};
  Duration timeout = std::chrono::minutes(5);
  // Called once, with the address that the person has to open. Nothing in it is secret.
  std::function<void(const std::string& url)> show = {};
};

// The ID token, unchecked. Errc::unauthenticated: the person or Entra said no (in plain words), or
// nobody came in time. Neither code nor token is in an error.
asio::awaitable<Result<Secret>> sign_in(SignIn wanted, http::Transport& transport);

}  // namespace clawback::auth
