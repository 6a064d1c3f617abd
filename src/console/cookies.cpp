#include "console/cookies.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.hpp"

namespace clawback::console {
namespace {

constexpr std::size_t id_bytes = 32;
constexpr std::size_t id_size = 43;

bool is_id(std::string_view text) {
  return text.size() == id_size && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '-' || c == '_';
         });
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

bool is_cookie_header(const std::string& name) { return to_lower(name) == "cookie"; }

std::string_view word(SameSite same_site) {
  return same_site == SameSite::strict ? "Strict" : "Lax";
}

}  // namespace

std::optional<std::string> cookie(const http::Headers& headers, std::string_view name) {
  std::optional<std::string> found;
  for (const http::Header& header : headers) {
    if (!is_cookie_header(header.name)) continue;
    std::string_view rest = header.value;
    while (!rest.empty()) {
      const std::string_view pair = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
      const std::string_view both = trimmed(pair);
      const std::size_t equals = both.find('=');
      if (equals == std::string_view::npos || both.substr(0, equals) != name) continue;
      if (found) return std::nullopt;
      found = both.substr(equals + 1);
    }
  }
  if (!found || !is_id(*found)) return std::nullopt;
  return found;
}

http::Header set_cookie(std::string_view name, std::string_view value, SameSite same_site,
                        Duration life) {
  return {"Set-Cookie",
          fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite={}; Max-Age={}", name, value,
                      word(same_site), std::chrono::floor<std::chrono::seconds>(life).count())};
}

http::Header drop_cookie(std::string_view name, SameSite same_site) {
  return set_cookie(name, "", same_site, Duration{});
}

std::string new_id() { return base64url(random_bytes(id_bytes)); }

}  // namespace clawback::console
