#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>

#include <memory>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace clawback::approval {

struct DropKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct DropBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
struct DropContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, DropKey>;
using BioPtr = std::unique_ptr<BIO, DropBio>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, DropContext>;

// An Ed25519 private key from PKCS#8 PEM. Errc::approval when it does not open.
Result<KeyPtr> open_key(const Secret& private_pem, const Secret& passphrase);

}  // namespace clawback::approval
