#pragma once

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "base/digest.hpp"

// Certificates for tests, made in memory; header-only because few test executables need them.
namespace clawback::test {

struct Pem {
  std::string certificate;
  std::string key;
};

namespace detail {

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;

inline void require(bool holds) {
  if (!holds) std::abort();
}

template <class Write>
std::string text_of(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new(BIO_s_mem()), &BIO_free_all);
  require(write(out.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

inline Pem pem(const Certificate& certificate, const Key& key) {
  return {
      .certificate = text_of([&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); }),
      .key = text_of([&](BIO* out) {
        return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
      })};
}

inline void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

inline Certificate unsigned_certificate(const std::string& name, const Key& key) {
  Certificate certificate(X509_new(), &X509_free);
  static long serial = 1;
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

inline Key ec_key() { return {EVP_EC_gen("P-256"), &EVP_PKEY_free}; }

}  // namespace detail

// A certificate authority of its own.
class Authority {
 public:
  explicit Authority(const std::string& name)
      : key_(detail::ec_key()), certificate_(detail::unsigned_certificate(name, key_)) {
    X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
    detail::extend(certificate_.get(), certificate_.get(), NID_basic_constraints,
                   "critical,CA:TRUE");
    detail::require(X509_sign(certificate_.get(), key_.get(), EVP_sha256()) > 0);
  }
  [[nodiscard]] std::string certificate_pem() const {
    return detail::pem(certificate_, key_).certificate;
  }
  // `names` as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1".
  [[nodiscard]] Pem issue(const std::string& names) const {
    const auto key = detail::ec_key();
    const auto leaf = detail::unsigned_certificate("leaf", key);
    X509_set_issuer_name(leaf.get(), X509_get_subject_name(certificate_.get()));
    detail::extend(leaf.get(), certificate_.get(), NID_subject_alt_name, names);
    detail::require(X509_sign(leaf.get(), key_.get(), EVP_sha256()) > 0);
    return detail::pem(leaf, key);
  }

 private:
  detail::Key key_;
  detail::Certificate certificate_;
};

// What an app registration is given: a self-signed certificate.
inline Pem self_signed(unsigned rsa_bits) {
  const detail::Key key(EVP_RSA_gen(rsa_bits), &EVP_PKEY_free);
  const auto certificate = detail::unsigned_certificate("clawback", key);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  detail::require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  return detail::pem(certificate, key);
}

// A file that goes when the test does.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() / ("clawback-test-" + random_guid())) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace clawback::test
