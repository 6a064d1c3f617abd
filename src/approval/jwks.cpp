#include "approval/jwks.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <optional>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/safe_text.hpp"

namespace clawback::approval {
namespace {

constexpr std::size_t jwks_max = 256u << 10u;
constexpr std::size_t keys_max = 100;
constexpr int bits_min = 2048;
constexpr std::size_t modulus_max = 1024;  // bytes: 8192 bits
constexpr std::size_t exponent_max = 8;

struct DropNumber {
  void operator()(BIGNUM* number) const { BN_free(number); }
};
struct DropBuilder {
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
};
struct DropParameters {
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
};
struct DropKeyContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using Number = std::unique_ptr<BIGNUM, DropNumber>;

Error unusable(std::string message) {
  ERR_clear_error();
  return Error{.code = Errc::approval, .message = "the issuer's keys: " + std::move(message)};
}

Number number_at(const json::value& key, std::string_view name, std::size_t bytes_max) {
  const auto bytes = from_base64url(string_at(key, name).value_or(""));
  if (!bytes || bytes->empty() || bytes->size() > bytes_max) return nullptr;
  return Number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes->data()),
                          static_cast<int>(bytes->size()), nullptr));
}

KeyPtr rsa_key(const BIGNUM* modulus, const BIGNUM* exponent) {
  const std::unique_ptr<OSSL_PARAM_BLD, DropBuilder> builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent) != 1) {
    return nullptr;
  }
  const std::unique_ptr<OSSL_PARAM, DropParameters> parameters(
      OSSL_PARAM_BLD_to_param(builder.get()));
  const std::unique_ptr<EVP_PKEY_CTX, DropKeyContext> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return KeyPtr(key);
}

// Entra's keys of all tenants say "https://…/{tenantid}/v2.0".
bool is_of(const json::value& key, const std::string& issuer) {
  auto said = string_at(key, "issuer");
  if (!said) return true;
  constexpr std::string_view placeholder = "{tenantid}";
  const std::size_t at = said->find(placeholder);
  if (at == std::string::npos) return *said == issuer;
  const std::string_view before = std::string_view(*said).substr(0, at);
  const std::string_view after = std::string_view(*said).substr(at + placeholder.size());
  if (issuer.size() < before.size() + after.size()) return false;
  const auto between = issuer.substr(before.size(), issuer.size() - before.size() - after.size());
  return issuer.starts_with(before) && issuer.ends_with(after) && is_guid(between);
}

// Says otherwise, or does not say.
bool says_other(const json::value& key, std::string_view name, std::string_view expected) {
  const json::value* said = member(key, name);
  return said != nullptr && string_at(key, name) != expected;
}

Result<KeyPtr> make(const json::value& key, const std::string& name, const std::string& issuer) {
  if (string_at(key, "kty") != "RSA") return unusable(name + " is no RSA key");
  if (says_other(key, "use", "sig")) return unusable(name + " is not for signing");
  if (says_other(key, "alg", "RS256")) return unusable(name + " is not for RS256");
  if (!is_of(key, issuer)) return unusable(name + " is of another issuer");
  const Number modulus = number_at(key, "n", modulus_max);
  const Number exponent = number_at(key, "e", exponent_max);
  if (!modulus || !exponent) return unusable(name + " has no usable numbers");
  if (BN_num_bits(modulus.get()) < bits_min) {
    return unusable(name + " is shorter than 2048 bits");
  }
  if (!BN_is_odd(modulus.get()) || !BN_is_odd(exponent.get()) || BN_is_one(exponent.get())) {
    return unusable(name + " has no usable numbers");
  }
  KeyPtr made = rsa_key(modulus.get(), exponent.get());
  if (!made) return unusable(name + " has no usable numbers");
  return made;
}

}  // namespace

Result<KeyPtr> find_key(std::string_view jwks, std::string_view kid, const std::string& issuer) {
  const auto document = parse_json(jwks, {.depth = 8, .bytes = jwks_max});
  const json::array* keys = document ? array_at(*document, "keys") : nullptr;
  if (keys == nullptr || keys->size() > keys_max) return unusable("no JWKS document");
  for (const json::value& key : *keys) {
    if (string_at(key, "kid") != kid) continue;
    return make(key, "key \"" + printable(kid, 60) + "\"", issuer);
  }
  return Error{.code = Errc::not_found, .message = "no such key"};
}

bool rs256_holds(EVP_PKEY* key, std::string_view message, std::string_view signature) {
  const ContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;  // owned by `context`
  const bool holds =
      context &&
      EVP_DigestVerifyInit(context.get(), &parameters, EVP_sha256(), nullptr, key) == 1 &&
      EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PADDING) == 1 &&
      EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                       signature.size(), reinterpret_cast<const unsigned char*>(message.data()),
                       message.size()) == 1;
  ERR_clear_error();
  return holds;
}

}  // namespace clawback::approval
