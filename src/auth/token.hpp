#pragma once

#include <functional>
#include <memory>
#include <string>

#include "auth/identity.hpp"
#include "base/time.hpp"
#include "http/transport.hpp"

namespace clawback::auth {

namespace asio = boost::asio;

// Access tokens of one identity by client credentials (Microsoft identity platform v2.0,
// POST {login}/{tenant}/oauth2/v2.0/token). A token is kept until five minutes before its end (or
// half of its life, if that is shorter); one request at most is in flight, others wait for its
// answer. Errors: Errc::unauthenticated with the AADSTS code in plain words and what to do.
class TokenSource {
 public:
  TokenSource(Identity identity, http::Transport& transport, std::function<Time()> now);
  ~TokenSource();
  TokenSource(const TokenSource&) = delete;
  TokenSource& operator=(const TokenSource&) = delete;

  // "Bearer …" for the Authorization header. The string must not outlive the request.
  asio::awaitable<Result<std::string>> authorization();
  // Whether `authorization` answers without asking anybody.
  [[nodiscard]] bool in_hand() const;
  // After a 401: the next call asks for a new token (unless another caller already did).
  void forget(const std::string& authorization);
  [[nodiscard]] const Identity& identity() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with calls that are destroyed late
};

// Pure: the signed JWT (PS256, x5t#S256) that proves the certificate. `jti` is random per call.
Result<std::string> client_assertion(const ClientCertificate& certificate,
                                     const std::string& client_id, const std::string& audience,
                                     Time now, const std::string& jti);

// Pure: what a token endpoint's error body means, e.g. "AADSTS7000222: the client secret has
// expired".
Error explain_token_error(int status, const std::string& body, const Identity& identity);

// application permissions ("roles" claim) and app id that a token carries, for `doctor`; the token
// is not verified: Graph's tokens are opaque to clients, so this is for display only.
struct TokenClaims {
  std::vector<std::string> roles;
  std::string app_id;
  std::string tenant_id;
};
Result<TokenClaims> peek_claims(const std::string& authorization);

}  // namespace clawback::auth
