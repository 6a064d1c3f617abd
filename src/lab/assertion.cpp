#include <fmt/format.h>

#include <boost/json/object.hpp>

#include "base/digest.hpp"
#include "lab/jwt.hpp"
#include "lab/login.hpp"

namespace clawback::lab {
namespace {

constexpr std::chrono::minutes skew{5};

TokenRefusal invalid_client(int code, std::string message) {
  return {.status = 401, .error = "invalid_client", .code = code, .message = std::move(message)};
}

// PS256 names the key by SHA-256, the older RS256 by SHA-1.
bool names_our_key(const Jwt& jwt, const std::string& certificate_der) {
  const std::string algorithm = string_at(jwt.header, "alg").value_or("");
  if (algorithm == "PS256") {
    const Sha256 digest = sha256(certificate_der);
    return string_at(jwt.header, "x5t#S256") ==
           base64url(std::string(digest.begin(), digest.end()));
  }
  return algorithm == "RS256" && string_at(jwt.header, "x5t") == base64url(sha1(certificate_der));
}

bool for_this_endpoint(const Login& login, const Tenant& tenant, const Jwt& jwt) {
  const std::string audience = string_at(jwt.claims, "aud").value_or("");
  for (const std::string& origin : login.origins) {
    for (const std::string& name : {tenant.id, tenant.domain}) {
      if (audience == fmt::format("{}/{}/oauth2/v2.0/token", origin, name)) return true;
    }
    if (audience == fmt::format("{}/{}/v2.0", origin, tenant.id)) return true;
  }
  return false;
}

Time time_of(const Jwt& jwt, std::string_view claim) {
  return Time(std::chrono::seconds(int_at(jwt.claims, claim).value_or(0)));
}

std::optional<TokenRefusal> check_times(Login& login, const Jwt& jwt, Time now) {
  const Time ends = time_of(jwt, "exp");
  const Time starts = time_of(jwt, "nbf");
  if (ends + skew < now || starts - skew > now) {
    return invalid_client(700024, "Client assertion is not within its valid time range.");
  }
  const auto jti = string_at(jwt.claims, "jti");
  if (!jti || jti->empty()) return invalid_client(50013, "Client assertion has no jti.");
  std::erase_if(login.used_jtis, [now](const auto& used) { return used.second < now; });
  if (!login.used_jtis.emplace(*jti, ends + skew).second) {
    return invalid_client(50013, "Client assertion was used before: the jti is known.");
  }
  return std::nullopt;
}

}  // namespace

std::optional<TokenRefusal> check_assertion(Backend& backend, Login& login,
                                            const LoginRequest& request,
                                            const std::string& client_id,
                                            const std::string& assertion) {
  const Tenant& tenant = backend.store.truth().tenant();
  const auto jwt = parse_jwt(assertion);
  if (!jwt) return invalid_client(50027, "The client assertion isn't a well-formed JWT.");
  const bool registered = client_id == tenant.write_client_id;
  if (!registered || !names_our_key(*jwt, login.keys.write.certificate_der)) {
    return invalid_client(700027,
                          "The certificate with identifier used to sign the client assertion is "
                          "not registered on application.");
  }
  if (!signature_holds(*jwt, login.keys.write.key.get())) {
    return invalid_client(700027, "Client assertion failed signature validation.");
  }
  const auto issuer = string_at(jwt->claims, "iss");
  if (issuer != string_at(jwt->claims, "sub")) {
    return invalid_client(50048, "Subject doesn't match issuer claim in the client assertion.");
  }
  if (!issuer || to_lower(*issuer) != client_id) {
    return invalid_client(700021,
                          "Client assertion application identifier doesn't match "
                          "'client_id' parameter.");
  }
  if (!for_this_endpoint(login, tenant, *jwt)) {
    return invalid_client(700023, "Client assertion audience claim does not match Realm issuer.");
  }
  return check_times(login, *jwt, request.now);
}

}  // namespace clawback::lab
