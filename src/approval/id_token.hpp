#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "approval/registry.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace clawback::approval {

// Who signed in, and when, as the issuer says.
struct IdToken {
  Account account;
  Time issued;      // iat
  Time not_before;  // nbf
  Time expires;     // exp
  // auth_time: when credentials were last asked for. Entra says so only where the registration
  // asks for this optional claim.
  std::optional<Time> authenticated = {};
  friend bool operator==(const IdToken&, const IdToken&) = default;
};

// Pure. An ID token of the Microsoft identity platform v2.0, checked in full but for its times: alg
// is exactly RS256, kid is in the JWKS of the tenant's issuer (RSA of 2048 bits or more, for
// signing, and of this issuer if the key says whose it is), the signature holds, iss is
// "<login>/<tid>/v2.0" where tid is a tenant of a registered approver, aud is the approvals app,
// ver is 2.0, tid and oid are ids, and nonce is `nonce`. Errc::approval says what is wrong and
// never quotes the token. Source: Entra documentation, id-token-claims-reference and signing key
// rollover; RFC 8725 for the algorithm.
Result<IdToken> check_id_token(std::string_view token, const Registry& registry,
                               std::string_view nonce);

// Pure. The token was made at about `when`: iat within ten minutes of it, nbf not after it but for
// five minutes of clocks that differ, exp after it.
Result<void> check_made(const IdToken& token, Time when);
// Pure. It was made for what was signed at `signed_at`: check_made, and auth_time, if the token has
// one, is not before it but for five minutes. An open session is older.
Result<void> check_times(const IdToken& token, Time signed_at);

// The tenant that a token says it is of, unchecked: so that its keys can be fetched. Empty if it
// can't be read.
std::string claimed_tenant(std::string_view token);

}  // namespace clawback::approval
