#include <doctest/doctest.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>
#include <string>
#include <string_view>

#include "auth/token.hpp"
#include "base/digest.hpp"
#include "base/json.hpp"
#include "verify.hpp"

using namespace clawback;
using namespace clawback::auth;
using namespace clawback::auth::test;

namespace {

const Time noon = *parse_time("2026-11-23T12:00:00.750Z");

Result<std::string> assertion_of(const clawback::test::Pem& pem) {
  const ClientCertificate credential{.certificate_pem = pem.certificate,
                                     .key_pem = Secret(pem.key)};
  return client_assertion(credential, "client", "https://login.example/t/oauth2/v2.0/token", noon,
                          "jti-1");
}

}  // namespace

TEST_CASE("client_assertion: header, claims and signature are what Entra ID asks for") {
  const auto& pem = certificate();
  const auto assertion = assertion_of(pem);
  REQUIRE(assertion);
  const auto jwt = split(*assertion);
  const auto header = *parse_json(*from_base64url(jwt.header));
  CHECK(header == json::value{{"alg", "PS256"}, {"typ", "JWT"}, {"x5t#S256", thumbprint(pem)}});
  CHECK(from_base64url(*string_at(header, "x5t#S256"))->size() == 32);
  const auto claims = *parse_json(*from_base64url(jwt.payload));
  const std::int64_t begin = 1795435200;
  CHECK(claims == json::value{{"aud", "https://login.example/t/oauth2/v2.0/token"},
                              {"exp", begin + 600},
                              {"iat", begin},
                              {"iss", "client"},
                              {"jti", "jti-1"},
                              {"nbf", begin},
                              {"sub", "client"}});
  CHECK(verifies(pem, *assertion));
}

TEST_CASE("client_assertion: a changed claim no longer verifies") {
  std::string assertion = *assertion_of(certificate());
  const std::size_t at = assertion.find('.') + 20;
  assertion[at] = assertion[at] == 'A' ? 'B' : 'A';
  CHECK_FALSE(verifies(certificate(), assertion));
}

TEST_CASE("client_assertion: a credential that can't work is named") {
  const auto& good = certificate();
  const auto other = clawback::test::self_signed(2048);
  const auto small = clawback::test::self_signed(1024);
  const auto elliptic = clawback::test::Authority("ec").issue("DNS:x");
  struct Case {
    std::string_view name;
    clawback::test::Pem pem;
    std::string_view says;
  };
  const Case cases[] = {
      {"no certificate", {.certificate = "x", .key = good.key}, "certificate"},
      {"key in place of the certificate",
       {.certificate = good.key, .key = good.key},
       "certificate"},
      {"no key", {.certificate = good.certificate, .key = ""}, "key"},
      {"certificate in place of the key",
       {.certificate = good.certificate, .key = good.certificate},
       "key"},
      {"key of another", {.certificate = good.certificate, .key = other.key}, "does not belong"},
      {"short key", small, "2048"},
      {"elliptic key", elliptic, "RSA"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto assertion = assertion_of(c.pem);
    REQUIRE_FALSE(assertion);
    CHECK(assertion.error().code == Errc::invalid);
    CHECK(assertion.error().message.find(c.says) != std::string::npos);
  }
}
