#pragma once

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <memory>
#include <string>

#include "approval/approval.hpp"
#include "base/digest.hpp"
#include "base/json.hpp"

// An issuer of ID tokens on OpenSSL alone, that can also make wrong ones.
namespace clawback::approval::test {

inline const std::string tenant = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
inline const std::string dana = "11111111-0000-4000-8000-000000000001";
inline const std::string eli = "11111111-0000-4000-8000-000000000002";
inline const std::string app = "22222222-0000-4000-8000-000000000001";
inline const std::string login = "https://login.example";

struct PkeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Pkey = std::unique_ptr<EVP_PKEY, PkeyFree>;

inline std::string number(EVP_PKEY* key, const char* name) {
  BIGNUM* value = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &value) != 1) std::abort();
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(value)), '\0');
  BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(value);
  return base64url(bytes);
}

inline std::string rs256(EVP_PKEY* key, const std::string& text) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  std::string out(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
  std::size_t size = out.size();
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1) {
    std::abort();
  }
  return out;
}

struct Issuer {
  explicit Issuer(int bits = 2048) : key(EVP_RSA_gen(static_cast<unsigned>(bits))) {}

  [[nodiscard]] json::object jwk() const {
    return {{"kty", "RSA"},
            {"use", "sig"},
            {"kid", "k1"},
            {"n", number(key.get(), OSSL_PKEY_PARAM_RSA_N)},
            {"e", number(key.get(), OSSL_PKEY_PARAM_RSA_E)},
            {"issuer", login + "/{tenantid}/v2.0"}};
  }
  [[nodiscard]] std::string jwks() const {
    return compact_json(json::object{{"keys", json::array{jwk()}}});
  }
  static json::object header() { return {{"typ", "JWT"}, {"alg", "RS256"}, {"kid", "k1"}}; }
  static json::object claims(const std::string& nonce, Time made, const std::string& who = dana) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(made).time_since_epoch().count();
    return {{"ver", "2.0"},      {"iss", login + "/" + tenant + "/v2.0"},
            {"aud", app},        {"tid", tenant},
            {"oid", who},        {"sub", "s"},
            {"nonce", nonce},    {"iat", seconds},
            {"nbf", seconds},    {"exp", seconds + 3900},
            {"name", "whatever"}};
  }
  [[nodiscard]] std::string token(const json::object& with_header,
                                  const json::object& claims) const {
    const std::string text =
        base64url(compact_json(with_header)) + "." + base64url(compact_json(claims));
    return text + "." + base64url(rs256(key.get(), text));
  }
  [[nodiscard]] std::string token(const json::object& claims) const {
    return token(header(), claims);
  }

  Pkey key;
};

inline const Issuer& issuer() {
  static const Issuer one;
  return one;
}

inline Entra trusted(std::string jwks = issuer().jwks()) {
  return {.login = login, .client_id = app, .keys = {{tenant, {std::move(jwks)}}}};
}

inline Registry people(Entra entra = trusted()) {
  return {{{.name = "Dana", .entra = {.tenant = tenant, .object = dana}},
           {.name = "Eli", .entra = {.tenant = tenant, .object = eli}}},
          std::move(entra)};
}

}  // namespace clawback::approval::test
