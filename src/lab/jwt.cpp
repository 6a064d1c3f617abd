#include "lab/jwt.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <boost/json/object.hpp>
#include <memory>

#include "base/digest.hpp"
#include "lab/json_text.hpp"

namespace clawback::lab {
namespace {

constexpr std::size_t jwt_max = 16'384;

struct ContextFree {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextFree>;

const unsigned char* raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

bool set_padding(EVP_PKEY_CTX* parameters, std::string_view algorithm) {
  if (algorithm == "RS256") return true;
  return EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1;
}

std::string sign(EVP_PKEY* key, std::string_view algorithm, std::string_view text) {
  const Context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  if (!context || EVP_DigestSignInit(context.get(), &parameters, EVP_sha256(), nullptr, key) != 1 ||
      !set_padding(parameters, algorithm)) {
    return {};
  }
  std::size_t size = 0;
  if (EVP_DigestSign(context.get(), nullptr, &size, raw(text), text.size()) != 1) return {};
  std::string signature(size, '\0');
  auto* out = reinterpret_cast<unsigned char*>(signature.data());
  if (EVP_DigestSign(context.get(), out, &size, raw(text), text.size()) != 1) return {};
  signature.resize(size);
  return signature;
}

std::string encoded(const json::object& object) {
  std::string text;
  append_json(text, object);
  return base64url(text);
}

}  // namespace

std::string sign_jwt(evp_pkey_st* key, const json::object& header, const json::object& claims) {
  const std::string text = encoded(header) + "." + encoded(claims);
  const std::string algorithm = string_at(header, "alg").value_or("RS256");
  return text + "." + base64url(sign(key, algorithm, text));
}

std::optional<Jwt> parse_jwt(std::string_view text) {
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.size() > jwt_max) return std::nullopt;
  const auto header = from_base64url(text.substr(0, first));
  const auto claims = from_base64url(text.substr(first + 1, second - first - 1));
  const auto signature = from_base64url(text.substr(second + 1));
  if (!header || !claims || !signature) return std::nullopt;
  auto header_json = parse_json(*header);
  auto claims_json = parse_json(*claims);
  if (!header_json || !claims_json) return std::nullopt;
  return Jwt{.header = *std::move(header_json),
             .claims = *std::move(claims_json),
             .signed_text = std::string(text.substr(0, second)),
             .signature = *signature};
}

bool signature_holds(const Jwt& jwt, evp_pkey_st* key) {
  const std::string algorithm = string_at(jwt.header, "alg").value_or("");
  if (algorithm != "RS256" && algorithm != "PS256") return false;
  const Context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  return context &&
         EVP_DigestVerifyInit(context.get(), &parameters, EVP_sha256(), nullptr, key) == 1 &&
         set_padding(parameters, algorithm) &&
         EVP_DigestVerify(context.get(), raw(jwt.signature), jwt.signature.size(),
                          raw(jwt.signed_text), jwt.signed_text.size()) == 1;
}

std::string sha1(std::string_view bytes) {
  std::string digest(20, '\0');
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
             EVP_sha1(), nullptr);
  return digest;
}

std::string rsa_number(evp_pkey_st* key, std::string_view name) {
  BIGNUM* number = nullptr;
  const char* parameter = name == "n" ? OSSL_PKEY_PARAM_RSA_N : OSSL_PKEY_PARAM_RSA_E;
  if (EVP_PKEY_get_bn_param(key, parameter, &number) != 1) return {};
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(number);
  return base64url(bytes);
}

}  // namespace clawback::lab
