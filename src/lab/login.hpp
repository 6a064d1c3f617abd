#pragma once

#include <map>
#include <string>
#include <vector>

#include "lab/call.hpp"
#include "lab/keys.hpp"

// The Microsoft identity platform as far as an application needs it: client credentials, the
// sign-in of a person (authorization code with PKCE), discovery and the keys that tokens are signed
// with.
namespace clawback::lab {

// Somebody signed in, and the app has not asked for the token yet.
struct SignInCode {
  std::string redirect_uri{};
  std::string challenge{};  // base64url(SHA-256(code_verifier))
  std::string scope{};
  std::string nonce{};
  std::string user_id{};
  Time until{};
  bool used = false;
};

struct Login {
  const Keys& keys;
  std::string read_secret{};
  std::vector<std::string> origins{};       // that the lab answers on; the first is its name
  std::map<std::string, Time> used_jtis{};  // until when: an assertion is good once
  std::map<std::string, SignInCode> codes{};
};

struct LoginRequest {
  std::string tenant{};  // from the path: GUID or domain
  std::string form{};
  std::string query{};
  std::string content_type{};
  std::string authorization{};
  std::string origin{};
  Time now{};
  std::string request_id{};
  std::string forgery{};  // what is wrong with the ID token: see Fault
};

// Names and values of a form or a query, decoded; nullopt if that can't be.
using Form = std::map<std::string, std::string>;
std::optional<Form> read_pairs(std::string_view text);

// GET /{tenant}/oauth2/v2.0/authorize of the approvals app: redirect to http://localhost on any
// port or to another address that is registered, PKCE with S256. Whoever signs in is named by
// login_hint (object id or user principal name); without one a page asks. `lab_cancel` is a person
// who says no.
Reply authorize(Backend& backend, Login& login, const LoginRequest& request);
// grant_type=authorization_code: an ID token, RS256, v2.0. A code is good once, for ten minutes.
Reply redeem_code(Backend& backend, Login& login, const LoginRequest& request, const Form& form);

Reply issue_token(Backend& backend, Login& login, const LoginRequest& request);
Reply discovery_document(const Backend& backend, const LoginRequest& request);
Reply signing_keys(const Login& login, const LoginRequest& request);

// Why a token is refused: the number after AADSTS and OAuth's name for it.
struct TokenRefusal {
  int status = 400;
  std::string error{};
  int code = 0;
  std::string message{};
};
Reply token_error(const LoginRequest& request, const TokenRefusal& refusal);

// Checks a client assertion for real: key, signature, audience, times, issuer, subject, one use.
std::optional<TokenRefusal> check_assertion(Backend& backend, Login& login,
                                            const LoginRequest& request,
                                            const std::string& client_id,
                                            const std::string& assertion);

std::string signing_key_id(const Login& login);
std::string access_token(const Backend& backend, const Login& login, const LoginRequest& request,
                         const ServicePrincipal& app);

// Who asks, by the Authorization header: signature, audience, tenant and end are checked.
Parsed<Caller> authenticate(const Backend& backend, const Login& login,
                            const std::string* authorization, Time now);

}  // namespace clawback::lab
