#include "base/secret.hpp"

#include <openssl/crypto.h>

#include <utility>

namespace clawback {

void wipe(std::string& bytes) noexcept {
  // The whole capacity: a short string left behind by a longer one counts too.
  bytes.resize(bytes.capacity());
  OPENSSL_cleanse(bytes.data(), bytes.size());
  bytes.clear();
}

bool same_bytes(std::string_view one, std::string_view other) noexcept {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

Secret::Secret(std::string bytes) : bytes_(std::move(bytes)) { clawback::wipe(bytes); }

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { other.wipe(); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    bytes_ = std::move(other.bytes_);
    other.wipe();
  }
  return *this;
}

Secret::~Secret() { wipe(); }

void Secret::wipe() noexcept { clawback::wipe(bytes_); }

}  // namespace clawback
