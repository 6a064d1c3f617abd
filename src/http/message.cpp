#include "http/message.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "base/digest.hpp"
#include "base/safe_text.hpp"

namespace clawback::http {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t url_length_max = 16'384;
constexpr std::size_t host_length_max = 253;
constexpr std::size_t label_length_max = 63;
constexpr std::string_view scheme = "https://";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z'); }
bool is_hex_digit(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f'); }

bool is_label(std::string_view label) {
  const auto allowed = [](char c) { return is_alnum(c) || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= label_length_max &&
         std::ranges::all_of(label, allowed) && label.front() != '-' && label.back() != '-';
}

// Resolvers read "127.1", "0x7f000001" and the like as addresses, so a last label that is not a
// word is refused unless the whole is a dotted quad.
bool is_dns_name(std::string_view host) {
  if (host.size() > host_length_max) return false;
  std::string_view last;
  for (std::size_t begin = 0; begin <= host.size();) {
    const std::size_t end = std::min(host.find('.', begin), host.size());
    last = host.substr(begin, end - begin);
    if (!is_label(last)) return false;
    begin = end + 1;
  }
  return !is_digit(last.front());
}

std::optional<std::string> parse_host(std::string_view text) {
  boost::system::error_code failed;
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    const std::string inner(text.substr(1, text.size() - 2));
    if (inner.find('%') != std::string::npos) return std::nullopt;
    const auto address = ip::make_address_v6(inner, failed);
    if (failed) return std::nullopt;
    return address.to_string();
  }
  std::string host = to_lower(text);
  const auto address = ip::make_address_v4(host, failed);
  if (!failed) return address.to_string();
  if (!is_dns_name(host)) return std::nullopt;
  return host;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failed != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  if (text.front() == '0') return std::nullopt;
  return port;
}

std::optional<Origin> parse_authority(std::string_view authority) {
  // In "[::1]:443" the port starts after the bracket.
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  auto host = parse_host(authority.substr(0, colon));
  if (!host) return std::nullopt;
  Origin origin{.host = *std::move(host)};
  if (colon == std::string_view::npos) return origin;
  const auto port = parse_port(authority.substr(colon + 1));
  if (!port) return std::nullopt;
  origin.port = *port;
  return origin;
}

bool is_target(std::string_view target) {
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] == '#' || target[i] == '\\') return false;
    if (target[i] != '%') continue;
    if (i + 2 >= target.size()) return false;
    if (!is_hex_digit(target[i + 1]) || !is_hex_digit(target[i + 2])) return false;
  }
  return true;
}

Error bad_url(std::string_view url, std::string_view why) {
  return Error{.code = Errc::invalid,
               .message = "\"" + printable(url) + "\" is no usable URL: " + std::string(why),
               .hint = "write it as https://host/path"};
}

}  // namespace

const std::string* find(const Headers& headers, std::string_view name) {
  const auto found = std::ranges::find_if(
      headers, [name](const Header& header) { return equal_ignoring_case(header.name, name); });
  return found == headers.end() ? nullptr : &found->value;
}

std::string Origin::url() const {
  std::string text(scheme);
  text += host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != 443) text += ":" + std::to_string(port);
  return text;
}

Result<Url> parse_url(std::string_view url) {
  if (url.size() > url_length_max) return bad_url(url, "it is too long");
  const auto plain = [](char c) { return c > ' ' && c < '\x7f'; };
  if (!std::ranges::all_of(url, plain))
    return bad_url(url, "it holds blanks, controls or non-ASCII");
  if (!equal_ignoring_case(url.substr(0, scheme.size()), scheme)) {
    return bad_url(url, "it does not start with https://");
  }
  const std::string_view rest = url.substr(scheme.size());
  const std::size_t authority_end = std::min(rest.find_first_of("/?#\\"), rest.size());
  const std::string_view authority = rest.substr(0, authority_end);
  if (authority.find('@') != std::string_view::npos) {
    // It may be a password: the URL is not repeated.
    return Error{.code = Errc::invalid,
                 .message = "a URL with user information in it is not usable",
                 .hint = "write it as https://host/path"};
  }
  auto origin = parse_authority(authority);
  if (!origin) return bad_url(url, "the host or port is malformed");
  std::string target(rest.substr(authority_end));
  if (!is_target(target)) {
    return bad_url(url, "a fragment, a backslash or a bad % sequence is in it");
  }
  if (target.empty() || target.front() != '/') target.insert(0, "/");
  return Url{.origin = *std::move(origin), .target = std::move(target)};
}

Result<Origin> parse_origin(std::string_view url) {
  auto parsed = parse_url(url);
  if (!parsed) return std::move(parsed).error();
  if (parsed->target != "/" || url.ends_with('?')) {
    return bad_url(url, "only scheme, host and port belong here");
  }
  return std::move(parsed->origin);
}

}  // namespace clawback::http
