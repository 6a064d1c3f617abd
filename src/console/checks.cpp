#include "console/checks.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "base/digest.hpp"

namespace clawback::console {
namespace {

// The header's value if it is there exactly once; empty otherwise.
std::string only(const http::Headers& headers, std::string_view name) {
  std::string found;
  int count = 0;
  for (const http::Header& header : headers) {
    if (to_lower(header.name) != name) continue;
    found = header.value;
    ++count;
  }
  return count == 1 ? found : std::string();
}

std::string_view scheme_of(const Settings& settings) {
  return settings.tls ? "https://" : "http://";
}

}  // namespace

bool is_to_us(const http::Headers& headers, const Settings& settings) {
  const std::string host = to_lower(only(headers, "host"));
  return !host.empty() && std::ranges::find(settings.hosts, host) != settings.hosts.end();
}

bool is_other_name(const http::Headers& headers, const Settings& settings) {
  return to_lower(only(headers, "host")) != settings.hosts.front();
}

bool is_from_us(const http::Headers& headers, const Settings& settings) {
  const bool says_site = http::find(headers, "Sec-Fetch-Site") != nullptr;
  const bool same_site = only(headers, "sec-fetch-site") == "same-origin";
  if (says_site && !same_site) return false;
  if (http::find(headers, "Origin") == nullptr) return same_site;
  const std::string origin = to_lower(only(headers, "origin"));
  if (origin == "null") return same_site;
  return std::ranges::any_of(settings.hosts, [&](const std::string& host) {
    return origin == std::string(scheme_of(settings)) + host;
  });
}

bool is_of_another_site(const http::Headers& headers) {
  if (http::find(headers, "Sec-Fetch-Site") == nullptr) return false;
  const std::string site = only(headers, "sec-fetch-site");
  const bool ours = site == "same-origin" || site == "none";
  return !ours && only(headers, "sec-fetch-dest") != "document";
}

std::string visitor_csrf(std::string_view key, std::string_view visitor) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(visitor.data()), visitor.size(), out.data(), &size);
  return base64url({reinterpret_cast<const char*>(out.data()), size});
}

void harden(http::Reply& reply, const Settings& settings, bool caches) {
  const auto say = [&](std::string_view name, std::string_view value) {
    reply.headers.push_back({std::string(name), std::string(value)});
  };
  say("Content-Security-Policy",
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
      "img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
  say("X-Content-Type-Options", "nosniff");
  say("X-Frame-Options", "DENY");
  say("Referrer-Policy", "no-referrer");
  say("Cross-Origin-Opener-Policy", "same-origin");
  say("Cross-Origin-Embedder-Policy", "require-corp");
  say("Cross-Origin-Resource-Policy", "same-origin");
  say("Permissions-Policy",
      "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), "
      "gyroscope=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), "
      "screen-wake-lock=(), usb=()");
  say("X-Robots-Tag", "noindex");
  if (settings.hsts) say("Strict-Transport-Security", "max-age=31536000");
  if (!caches) say("Cache-Control", "no-store");
}

}  // namespace clawback::console
