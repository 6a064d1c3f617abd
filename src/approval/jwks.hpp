#pragma once

#include <string>
#include <string_view>

#include "approval/openssl.hpp"
#include "base/result.hpp"

namespace clawback::approval {

// The RSA key `kid` of a JWKS document, for RS256 signatures of `issuer`. Errc::not_found: the
// document has no such key. Errc::approval: it has, but it must not be used (no RSA, shorter than
// 2048 bits, not for signing, of another issuer), or the document is no JWKS.
Result<KeyPtr> find_key(std::string_view jwks, std::string_view kid, const std::string& issuer);

// RSASSA-PKCS1-v1_5 with SHA-256.
bool rs256_holds(EVP_PKEY* key, std::string_view message, std::string_view signature);

}  // namespace clawback::approval
