#include "report/stix_parts.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/digest.hpp"

namespace clawback::report {
namespace {

bool ends_in(std::string_view host, std::string_view domain) {
  return host == domain || (host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.');
}

// A pattern for one of these would match everybody.
bool is_everybodys(std::string_view host) {
  constexpr std::array<std::string_view, 17> domains = {
      "localhost",         "local",         "test",       "invalid",       "internal",
      "home.arpa",         "onion",         "live.com",   "microsoft.com", "microsoftonline.com",
      "office.com",        "office365.com", "msauth.net", "windows.net",   "azure.com",
      "azurewebsites.net", "outlook.com"};
  // Somebody's own site on Azure is nobody else's; only its parent is everybody's.
  if (host != "azurewebsites.net" && ends_in(host, "azurewebsites.net")) return false;
  return std::any_of(domains.begin(), domains.end(),
                     [&](std::string_view domain) { return ends_in(host, domain); });
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

bool is_host_name(std::string_view host) {
  if (host.size() > 253 || host.find('.') == std::string_view::npos) return false;
  std::string_view last;
  for (std::string_view rest = host;;) {
    const auto dot = rest.find('.');
    last = rest.substr(0, dot);
    if (!is_label(last)) return false;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  // A top level of digits only would be an address.
  return !std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::string> host_of(std::string_view url) {
  const std::string text = to_lower(url.substr(0, 2048));
  std::size_t start = 0;
  if (text.starts_with("https://")) start = 8;
  if (text.starts_with("http://")) start = 7;
  if (start == 0) return std::nullopt;
  std::string host = text.substr(start, text.find_first_of("/?#\\", start) - start);
  if (const auto at = host.rfind('@'); at != std::string::npos) host.erase(0, at + 1);
  if (const auto colon = host.find(':'); colon != std::string::npos) host.erase(colon);
  if (host.ends_with('.')) host.pop_back();
  if (!is_host_name(host) || is_everybodys(host)) return std::nullopt;
  return host;
}

std::optional<std::array<int, 4>> four_of(std::string_view text) {
  std::array<int, 4> out{};
  for (std::size_t i = 0; i < 4; ++i) {
    int value = 0;
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && digits < 3) {
      value = value * 10 + (text[digits++] - '0');
    }
    if (digits == 0 || value > 255 || (digits > 1 && text.front() == '0')) return std::nullopt;
    out[i] = value;
    text.remove_prefix(digits);
    if (i < 3) {
      if (!text.starts_with('.')) return std::nullopt;
      text.remove_prefix(1);
    }
  }
  return text.empty() ? std::optional(out) : std::nullopt;
}

bool is_global(const std::array<int, 4>& a) {
  const bool inside = a[0] == 10 || (a[0] == 172 && a[1] >= 16 && a[1] <= 31) ||
                      (a[0] == 192 && a[1] == 168) || (a[0] == 100 && a[1] >= 64 && a[1] <= 127) ||
                      (a[0] == 169 && a[1] == 254);
  return !inside && a[0] != 0 && a[0] != 127 && a[0] < 224;
}

// 2000::/3 is all that is given out; written with hex groups and at most one "::".
bool is_global_v6(std::string_view text) {
  if (text.size() < 3 || text.size() > 39 || (text.front() != '2' && text.front() != '3')) {
    return false;
  }
  std::size_t groups = 1;
  std::size_t gaps = 0;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ':') {
      const bool gap = i > 0 && text[i - 1] == ':';
      gaps += gap ? 1 : 0;
      groups += gap ? 0 : 1;
      digits = 0;
    } else if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) {
      if (++digits > 4) return false;
    } else {
      return false;
    }
  }
  const bool loose = text.ends_with(':') && !text.ends_with("::");
  // The first group is four digits long, or the address is 2::/16 and the like, which are not
  // given.
  return !loose && text.find(':') == 4 &&
         ((gaps == 1 && groups <= 8) || (gaps == 0 && groups == 8));
}

}  // namespace

std::string pattern_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::vector<std::string> hosts_of(const std::vector<std::string>& urls, std::size_t most) {
  std::set<std::string> hosts;
  for (const std::string& url : urls) {
    if (auto host = host_of(url)) hosts.insert(std::move(*host));
  }
  std::vector<std::string> out(hosts.begin(), hosts.end());
  if (out.size() > most) out.resize(most);
  return out;
}

std::vector<std::string> addresses_of(const std::vector<domain::GrantHistory>& history,
                                      std::size_t most) {
  std::set<std::string> addresses;
  for (const domain::GrantHistory& grant : history) {
    if (!grant.from) continue;
    const std::string address = to_lower(grant.from->substr(0, grant.from->find(' ')));
    const auto four = four_of(address);
    if (four ? is_global(*four) : is_global_v6(address)) addresses.insert(address);
  }
  std::vector<std::string> out(addresses.begin(), addresses.end());
  if (out.size() > most) out.resize(most);
  return out;
}

}  // namespace clawback::report
