#include "base/digest.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/safe_text.hpp"

namespace clawback {

Sha256 sha256(std::string_view bytes) {
  Sha256 out{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, EVP_sha256(), nullptr) != 1 ||
      size != out.size()) {
    std::fputs("SHA-256 is not available from OpenSSL\n", stderr);
    std::abort();
  }
  return out;
}

std::string hex(std::span<const std::uint8_t> bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    out += digits[byte >> 4u];
    out += digits[byte & 0xfu];
  }
  return out;
}

std::string sha256_text(std::string_view bytes) { return "sha256:" + hex(sha256(bytes)); }

namespace {

constexpr std::string_view standard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_safe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view bytes, std::string_view alphabet, bool pad) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = (group << 8u) | (k < have ? static_cast<std::uint8_t>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k <= have; ++k) out += alphabet[(group >> (18u - 6u * k)) & 0x3fu];
    if (pad) out.append(3 - have, '=');
  }
  return out;
}

Result<std::string> decode(std::string_view text, std::string_view alphabet) {
  const Error bad{.code = Errc::invalid,
                  .message = "\"" + printable(text, 40) + "\" is not base64",
                  .hint = {}};
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  if (text.size() % 4 == 1) return bad;
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return bad;
    bits = (bits << 6u) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>((bits >> count) & 0xffu);
    }
  }
  if ((bits & ((1u << count) - 1u)) != 0) return bad;
  return out;
}

}  // namespace

std::string base64(std::string_view bytes) { return encode(bytes, standard, true); }
std::string base64url(std::string_view bytes) { return encode(bytes, url_safe, false); }
Result<std::string> from_base64(std::string_view text) { return decode(text, standard); }
Result<std::string> from_base64url(std::string_view text) { return decode(text, url_safe); }

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1) {
    std::fputs("the operating system gives no random numbers\n", stderr);
    std::abort();
  }
  return out;
}

std::string random_guid() {
  std::string bytes = random_bytes(16);
  bytes[7] = static_cast<char>((static_cast<std::uint8_t>(bytes[7]) & 0x0fu) | 0x40u);
  bytes[8] = static_cast<char>((static_cast<std::uint8_t>(bytes[8]) & 0x3fu) | 0x80u);
  const Result<std::string> guid = guid_from_bytes(bytes);
  return *guid;
}

std::string guid_of_name(std::string_view space, std::string_view name) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < space.size(); i += 2) {
    if (space[i] == '-') ++i;
    bytes += static_cast<char>(std::stoi(std::string(space.substr(i, 2)), nullptr, 16));
  }
  bytes += name;
  std::array<std::uint8_t, 20> hash{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), hash.data(), &size, EVP_sha1(), nullptr) != 1 ||
      size != hash.size()) {
    std::fputs("SHA-1 is not available from OpenSSL\n", stderr);
    std::abort();
  }
  hash[6] = static_cast<std::uint8_t>((hash[6] & 0x0fu) | 0x50u);
  hash[8] = static_cast<std::uint8_t>((hash[8] & 0x3fu) | 0x80u);
  std::string out = hex(std::span(hash).first(16));
  for (const std::size_t dash : {20u, 16u, 12u, 8u}) out.insert(dash, 1, '-');
  return out;
}

bool is_guid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return false;
    } else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
      return false;
    }
  }
  return true;
}

namespace {

// Position in the text of the hex digit pair that becomes byte i.
constexpr std::size_t places[16] = {6, 4, 2, 0, 11, 9, 16, 14, 19, 21, 24, 26, 28, 30, 32, 34};

unsigned nibble(char c) {
  if (c <= '9') return static_cast<unsigned>(c - '0');
  return static_cast<unsigned>((c | 0x20) - 'a') + 10u;
}

}  // namespace

Result<std::string> guid_bytes(std::string_view guid) {
  if (!is_guid(guid)) {
    return Error{.code = Errc::invalid,
                 .message = "\"" + printable(guid, 60) + "\" is not a GUID",
                 .hint = {}};
  }
  std::string out(16, '\0');
  for (std::size_t i = 0; i < 16; ++i) {
    out[i] = static_cast<char>((nibble(guid[places[i]]) << 4u) | nibble(guid[places[i] + 1]));
  }
  return out;
}

Result<std::string> guid_from_bytes(std::string_view sixteen) {
  if (sixteen.size() != 16) {
    return Error{.code = Errc::invalid, .message = "a GUID has sixteen bytes", .hint = {}};
  }
  std::string out = "00000000-0000-0000-0000-000000000000";
  static constexpr char digits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < 16; ++i) {
    const auto byte = static_cast<std::uint8_t>(sixteen[i]);
    out[places[i]] = digits[byte >> 4u];
    out[places[i] + 1] = digits[byte & 0xfu];
  }
  return out;
}

std::string to_lower(std::string_view ascii) {
  std::string out(ascii);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

}  // namespace clawback
