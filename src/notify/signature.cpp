#include "notify/signature.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdlib>
#include <span>

#include "base/digest.hpp"

namespace clawback::notify {

std::string hmac_sha256(const Secret& key, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  const std::string_view secret = key.reveal();
  const auto* made =
      HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data(), &size);
  if (made == nullptr) std::abort();  // out of memory
  return hex(std::span<const std::uint8_t>(out.data(), size));
}

std::string signature_header(const Secret& key, Time time, std::string_view body) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  return fmt::format("t={},v1={}", seconds, hmac_sha256(key, fmt::format("{}.{}", seconds, body)));
}

}  // namespace clawback::notify
