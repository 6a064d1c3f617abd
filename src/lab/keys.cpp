#include "lab/keys.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <future>

#include "base/digest.hpp"

namespace clawback::lab {
namespace {

constexpr long day_s = 24L * 60 * 60;

struct Free {
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
  void operator()(X509_EXTENSION* extension) const noexcept { X509_EXTENSION_free(extension); }
};
using Certificate = std::unique_ptr<X509, Free>;
using Memory = std::unique_ptr<BIO, Free>;

struct Wanted {
  const char* name = "";
  const char* alternative_names = nullptr;
  const char* usage = nullptr;
  bool authority = false;
};

std::string bytes_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

bool add_extension(X509* certificate, X509* issuer, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, id, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool add_serial(X509* certificate) {
  const std::string bytes = random_bytes(8);
  std::uint64_t serial = 0;
  for (const char c : bytes) serial = serial << 8u | static_cast<unsigned char>(c);
  return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1u) == 1;
}

// Signed by `issuer`, or by itself when there is none.
Certificate make_certificate(EVP_PKEY* key, const Wanted& wanted, X509* issuer,
                             EVP_PKEY* issuer_key) {
  Certificate certificate(X509_new());
  if (!certificate || X509_set_version(certificate.get(), 2) != 1) return nullptr;
  X509* const made = certificate.get();
  X509_NAME* const name = X509_get_subject_name(made);
  const auto* text = reinterpret_cast<const unsigned char*>(wanted.name);
  bool good = add_serial(made) && X509_gmtime_adj(X509_getm_notBefore(made), -day_s) != nullptr &&
              X509_gmtime_adj(X509_getm_notAfter(made), 30 * day_s) != nullptr &&
              X509_set_pubkey(made, key) == 1 &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1;
  X509* const signer = issuer == nullptr ? made : issuer;
  good = good && X509_set_issuer_name(made, X509_get_subject_name(signer)) == 1 &&
         add_extension(made, signer, NID_basic_constraints,
                       wanted.authority ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE") &&
         add_extension(
             made, signer, NID_key_usage,
             wanted.authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature") &&
         add_extension(made, signer, NID_subject_key_identifier, "hash");
  if (good && issuer != nullptr) {
    good = add_extension(made, signer, NID_authority_key_identifier, "keyid:always");
  }
  if (good && wanted.alternative_names != nullptr) {
    good = add_extension(made, signer, NID_subject_alt_name, wanted.alternative_names);
  }
  if (good && wanted.usage != nullptr) {
    good = add_extension(made, signer, NID_ext_key_usage, wanted.usage);
  }
  if (!good || X509_sign(made, issuer_key, EVP_sha256()) == 0) return nullptr;
  return certificate;
}

std::string to_pem(X509* certificate) {
  const Memory bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_X509(bio.get(), certificate) != 1) return {};
  return bytes_of(bio.get());
}

std::string to_der(X509* certificate) {
  const Memory bio(BIO_new(BIO_s_mem()));
  if (!bio || i2d_X509_bio(bio.get(), certificate) != 1) return {};
  return bytes_of(bio.get());
}

std::string to_pem(EVP_PKEY* key) {
  const Memory bio(BIO_new(BIO_s_mem()));
  if (!bio ||
      PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return {};
  }
  return bytes_of(bio.get());
}

struct ContextFree {
  void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
};

// RSA-2048 of three primes: made four times as fast, and good for a key that never leaves the
// process.
Pkey quick_rsa() {
  const std::unique_ptr<EVP_PKEY_CTX, ContextFree> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), 2048) != 1 ||
      EVP_PKEY_CTX_set_rsa_keygen_primes(context.get(), 3) != 1 ||
      EVP_PKEY_generate(context.get(), &key) != 1) {
    return nullptr;
  }
  return Pkey(key);
}

Error failed() { return {.code = Errc::internal, .message = "the lab could not make its keys"}; }

Result<Certified> certified(Pkey key, const Wanted& wanted, X509* issuer, EVP_PKEY* issuer_key) {
  if (!key) return failed();
  EVP_PKEY* const signer = issuer_key == nullptr ? key.get() : issuer_key;
  const Certificate certificate = make_certificate(key.get(), wanted, issuer, signer);
  if (!certificate) return failed();
  Certified made;
  made.key_pem = to_pem(key.get());
  made.certificate_pem = to_pem(certificate.get());
  made.certificate_der = to_der(certificate.get());
  made.key = std::move(key);
  if (made.key_pem.empty() || made.certificate_pem.empty()) return failed();
  return made;
}

}  // namespace

void PkeyFree::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }

Result<Keys> make_keys() {
  // RSA keys are the slow part of starting a lab: the two are made side by side.
  auto other = std::async(std::launch::async, quick_rsa);
  auto write = certified(Pkey(EVP_RSA_gen(2048)), {.name = "clawback-lab-write"}, nullptr, nullptr);
  auto signing = certified(other.get(), {.name = "clawback-lab-tokens"}, nullptr, nullptr);
  const Pkey ca_key(EVP_EC_gen("P-256"));
  if (!ca_key || !write || !signing) return failed();
  const Certificate ca = make_certificate(
      ca_key.get(), {.name = "clawback lab CA", .authority = true}, nullptr, ca_key.get());
  if (!ca) return failed();
  auto server = certified(Pkey(EVP_EC_gen("P-256")),
                          {.name = "localhost",
                           .alternative_names = "DNS:localhost,IP:127.0.0.1,IP:::1",
                           .usage = "serverAuth"},
                          ca.get(), ca_key.get());
  if (!server) return server.error();
  Keys keys;
  keys.ca_pem = to_pem(ca.get());
  keys.server = *std::move(server);
  keys.write = *std::move(write);
  keys.signing = *std::move(signing);
  return keys;
}

}  // namespace clawback::lab
