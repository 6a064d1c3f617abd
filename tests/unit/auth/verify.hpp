#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "base/digest.hpp"
#include "support/certificates.hpp"

// The token service's side of a client assertion, on OpenSSL alone.
namespace clawback::auth::test {

inline const clawback::test::Pem& certificate() {
  static const auto pem = clawback::test::self_signed(2048);
  return pem;
}

inline std::shared_ptr<X509> parsed(const clawback::test::Pem& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> text(
      BIO_new_mem_buf(pem.certificate.data(), static_cast<int>(pem.certificate.size())),
      &BIO_free_all);
  return {PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), &X509_free};
}

inline std::string thumbprint(const clawback::test::Pem& pem) {
  std::string digest(32, '\0');
  X509_digest(parsed(pem).get(), EVP_sha256(), reinterpret_cast<unsigned char*>(digest.data()),
              nullptr);
  return base64url(digest);
}

struct Jwt {
  std::string header;
  std::string payload;
  std::string signature;
};

inline Jwt split(const std::string& jwt) {
  const std::size_t first = jwt.find('.');
  const std::size_t second = jwt.find('.', first + 1);
  return {.header = jwt.substr(0, first),
          .payload = jwt.substr(first + 1, second - first - 1),
          .signature = jwt.substr(second + 1)};
}

inline bool verifies(const clawback::test::Pem& pem, const std::string& jwt) {
  const Jwt parts = split(jwt);
  const std::string bytes = parts.header + "." + parts.payload;
  const auto signature = from_base64url(parts.signature);
  const auto owner = parsed(pem);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  EVP_PKEY_CTX* options = nullptr;
  return signature &&
         EVP_DigestVerifyInit(context.get(), &options, EVP_sha256(), nullptr,
                              X509_get0_pubkey(owner.get())) == 1 &&
         EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(options, 32) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature->data()),
                          signature->size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                          bytes.size()) == 1;
}

}  // namespace clawback::auth::test
