#include "approval/openssl.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <cstring>

#include "approval/approval.hpp"

namespace clawback::approval {
namespace {

constexpr std::uint64_t scrypt_n = 1u
                                   << 14u;  // 16 MiB, what OpenSSL allows without asking for more

Error key_error(std::string message) {
  ERR_clear_error();
  return Error{.code = Errc::approval, .message = std::move(message)};
}

std::string drain(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string raw_public(EVP_PKEY* key) {
  std::string out(32, '\0');
  std::size_t size = out.size();
  if (EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(out.data()), &size) != 1 ||
      size != out.size()) {
    return {};
  }
  return out;
}

struct DropAlgorithm {
  void operator()(X509_ALGOR* value) const { X509_ALGOR_free(value); }
};
struct DropInfo {
  void operator()(PKCS8_PRIV_KEY_INFO* value) const { PKCS8_PRIV_KEY_INFO_free(value); }
};
struct DropSealed {
  void operator()(X509_SIG* value) const { X509_SIG_free(value); }
};

// PKCS#8 with PBES2, scrypt and AES-256-CBC: `openssl pkey` reads it.
bool write_sealed(BIO* out, EVP_PKEY* key, const Secret& passphrase) {
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, DropInfo> info(EVP_PKEY2PKCS8(key));
  X509_ALGOR* algorithm =
      PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nullptr, 0, nullptr, scrypt_n, 8, 1);
  if (!info || algorithm == nullptr) {
    X509_ALGOR_free(algorithm);
    return false;
  }
  const std::string_view words = passphrase.reveal();
  // Takes the algorithm when it succeeds.
  const std::unique_ptr<X509_SIG, DropSealed> sealed(
      PKCS8_set0_pbe(words.data(), static_cast<int>(words.size()), info.get(), algorithm));
  if (!sealed) {
    X509_ALGOR_free(algorithm);
    return false;
  }
  return PEM_write_bio_PKCS8(out, sealed.get()) == 1;
}

int give_passphrase(char* buffer, int size, int, void* user) {
  const auto* passphrase = static_cast<const Secret*>(user);
  const std::string_view words = passphrase->reveal();
  if (words.empty() || words.size() > static_cast<std::size_t>(size)) return 0;
  std::memcpy(buffer, words.data(), words.size());
  return static_cast<int>(words.size());
}

}  // namespace

Result<KeyPtr> open_key(const Secret& private_pem, const Secret& passphrase) {
  const std::string_view pem = private_pem.reveal();
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Secret words = passphrase.clone();
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_passphrase, &words));
  if (!key)
    return key_error("the key can't be opened: it is no private key, or the passphrase is wrong");
  if (EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) {
    return key_error("the key is not an Ed25519 key; make one with `clawback key new`");
  }
  return key;
}

Result<KeyPair> make_key(const Secret& passphrase) {
  const KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const BioPtr out(BIO_new(BIO_s_secmem()));
  if (!key || !out) return Error{.code = Errc::internal, .message = "OpenSSL makes no Ed25519 key"};
  const bool written = passphrase.empty()
                           ? PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr,
                                                           0, nullptr, nullptr) == 1
                           : write_sealed(out.get(), key.get(), passphrase);
  if (!written)
    return Error{.code = Errc::internal, .message = "OpenSSL does not write the new key"};
  return KeyPair{.private_pem = Secret(drain(out.get())), .public_key = raw_public(key.get())};
}

Result<std::string> public_key_of(const Secret& private_pem, const Secret& passphrase) {
  const auto key = open_key(private_pem, passphrase);
  if (!key) return key.error();
  return raw_public(key->get());
}

}  // namespace clawback::approval
