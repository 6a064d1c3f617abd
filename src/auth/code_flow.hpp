#pragma once

#include <string>

#include "base/secret.hpp"
#include "http/form.hpp"
#include "http/transport.hpp"

// The parts of one person's sign-in at the Microsoft identity platform, for an ID token that
// carries a nonce: authorization code with PKCE (S256). The client is public: it has no credential.
// Source: Entra documentation, v2-oauth2-auth-code-flow and reply-url; RFC 7636, RFC 8252.
namespace clawback::auth {

namespace asio = boost::asio;

struct Asked {
  http::Origin login = {};
  std::string tenant = {};
  std::string client_id = {};
  std::string nonce = {};
  // "login": credentials are asked for again. Only auth_time in the token shows that Entra did:
  // whoever checks the token looks at it (approval/id_token.hpp). Empty: an open session will do.
  std::string prompt = "login";
};

// One sign-in's own values: the address that the answer comes to, and what proves that whoever
// brings the code is who asked for it.
struct CodeFlow {
  std::string redirect_uri;
  std::string state;
  Secret verifier;
};
CodeFlow begin_flow(std::string redirect_uri);

// Where the person has to go. Nothing in it is secret.
std::string address_of(const Asked& wanted, const CodeFlow& flow);

// What a browser brought back from the sign-in page: a code, or an error of the issuer.
struct Redirect {
  int status = 400;  // to answer with; 200: there is either a code or an error
  std::string code = {};
  std::string error = {};
  std::string description = {};
};
// Whether its `state` is the flow's is for the caller.
Redirect redirect_of(const http::Form& given);

// The ID token, unchecked. Errc::unauthenticated: the person or Entra said no (in plain words).
// Neither code nor token is in an error.
asio::awaitable<Result<Secret>> finish_flow(Asked wanted, CodeFlow flow, Redirect redirect,
                                            http::Transport& transport);

}  // namespace clawback::auth
