#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/result.hpp"

struct evp_pkey_st;

namespace clawback::lab {

// RS256: RSASSA-PKCS1-v1_5; PS256: RSASSA-PSS with a salt of 32 bytes; both with SHA-256.
std::string sign_jwt(evp_pkey_st* key, const json::object& header, const json::object& claims);

struct Jwt {
  json::value header;
  json::value claims;
  std::string signed_text;
  std::string signature;
};
std::optional<Jwt> parse_jwt(std::string_view text);

// By the algorithm in the header; false for any other than RS256 and PS256.
bool signature_holds(const Jwt& jwt, evp_pkey_st* key);

std::string sha1(std::string_view bytes);  // x5t of the older assertions
// base64url of a public RSA number, "n" or "e".
std::string rsa_number(evp_pkey_st* key, std::string_view name);

}  // namespace clawback::lab
