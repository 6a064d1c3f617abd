#pragma once

#include <map>
#include <string>
#include <vector>

#include "lab/call.hpp"
#include "lab/keys.hpp"

// The Microsoft identity platform as far as an application needs it: client credentials, discovery
// and the keys that tokens are signed with.
namespace clawback::lab {

struct Login {
  const Keys& keys;
  std::string read_secret{};
  std::vector<std::string> origins{};       // that the lab answers on; the first is its name
  std::map<std::string, Time> used_jtis{};  // until when: an assertion is good once
};

struct LoginRequest {
  std::string tenant{};  // from the path: GUID or domain
  std::string form{};
  std::string content_type{};
  std::string authorization{};
  std::string origin{};
  Time now{};
  std::string request_id{};
};

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

std::string access_token(const Backend& backend, const Login& login, const LoginRequest& request,
                         const ServicePrincipal& app);

// Who asks, by the Authorization header: signature, audience, tenant and end are checked.
Parsed<Caller> authenticate(const Backend& backend, const Login& login,
                            const std::string* authorization, Time now);

}  // namespace clawback::lab
