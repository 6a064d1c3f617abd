#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

#include "auth/token.hpp"
#include "base/digest.hpp"
#include "base/json.hpp"

namespace clawback::auth {
namespace {

constexpr int salt_bytes = 32;  // by the definition of PS256
constexpr int key_bits_min = 2048;
constexpr std::chrono::minutes lifetime{10};

template <auto free_function>
struct Free {
  template <class T>
  void operator()(T* object) const noexcept {
    free_function(object);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;

Error unusable(std::string what, std::string hint) {
  return Error{.code = Errc::invalid, .message = std::move(what), .hint = std::move(hint)};
}

Bio reader(std::string_view bytes) {
  return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

// OpenSSL would otherwise ask for a passphrase on the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

Result<std::string> thumbprint(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) return unusable("the certificate can't be encoded", "");
  const std::unique_ptr<unsigned char, Free<[](void* bytes) { OPENSSL_free(bytes); }>> owned(der);
  const Sha256 digest =
      sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  return base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Result<std::string> sign(EVP_PKEY* key, std::string_view bytes) {
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;  // owned by `context`
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  const bool ready = context &&
                     EVP_DigestSignInit(context.get(), &options, EVP_sha256(), nullptr, key) == 1 &&
                     EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
                     EVP_PKEY_CTX_set_rsa_pss_saltlen(options, salt_bytes) == 1 &&
                     EVP_PKEY_CTX_set_rsa_mgf1_md(options, EVP_sha256()) == 1;
  std::size_t size = 0;
  if (!ready || EVP_DigestSign(context.get(), nullptr, &size, data, bytes.size()) != 1) {
    return unusable("the certificate's key can't sign PS256", "it has to be an RSA key");
  }
  std::string signature(size, '\0');
  auto* out = reinterpret_cast<unsigned char*>(signature.data());
  if (EVP_DigestSign(context.get(), out, &size, data, bytes.size()) != 1) {
    return Error{.code = Errc::internal, .message = "signing the client assertion failed"};
  }
  signature.resize(size);
  return signature;
}

}  // namespace

Result<std::string> client_assertion(const ClientCertificate& credential,
                                     const std::string& client_id, const std::string& audience,
                                     Time now, const std::string& jti) {
  const Bio certificate_text = reader(credential.certificate_pem);
  const Certificate certificate(
      PEM_read_bio_X509(certificate_text.get(), nullptr, no_passphrase, nullptr));
  if (!certificate) {
    return unusable("the client certificate is no PEM certificate",
                    "it starts with -----BEGIN CERTIFICATE-----");
  }
  const Bio key_text = reader(credential.key_pem.reveal());
  const Key key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, no_passphrase, nullptr));
  if (!key) {
    return unusable("the key of the client certificate can't be read",
                    "it has to be an unencrypted PEM private key");
  }
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA ||
      EVP_PKEY_get_bits(key.get()) < key_bits_min) {
    return unusable("the key of the client certificate is no RSA key of 2048 bits or more",
                    "Entra ID takes RSA certificates only");
  }
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return unusable("the key does not belong to the client certificate",
                    "check `certificate` and `key` in the configuration");
  }
  const auto print = thumbprint(certificate.get());
  if (!print) return print.error();

  const auto begin = std::chrono::floor<std::chrono::seconds>(now);
  const auto seconds = [](auto time) { return std::int64_t{time.time_since_epoch().count()}; };
  const json::object header = {{"alg", "PS256"}, {"typ", "JWT"}, {"x5t#S256", *print}};
  const json::object claims = {{"aud", audience},
                               {"exp", seconds(begin + lifetime)},
                               {"iat", seconds(begin)},
                               {"iss", client_id},
                               {"jti", jti},
                               {"nbf", seconds(begin)},
                               {"sub", client_id}};
  std::string token = base64url(compact_json(header)) + "." + base64url(compact_json(claims));
  const auto signature = sign(key.get(), token);
  if (!signature) return signature.error();
  return token + "." + base64url(*signature);
}

}  // namespace clawback::auth
