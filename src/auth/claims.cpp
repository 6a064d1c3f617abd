#include <boost/json/array.hpp>
#include <string_view>

#include "auth/token.hpp"
#include "base/digest.hpp"
#include "base/json.hpp"

namespace clawback::auth {
namespace {

constexpr std::size_t token_bytes_max = 64u << 10u;
constexpr std::string_view scheme = "Bearer ";

Error not_a_jwt(std::string_view why) {
  return Error{.code = Errc::protocol,
               .message = "the access token can't be looked into: " + std::string(why)};
}

}  // namespace

Result<TokenClaims> peek_claims(const std::string& authorization) {
  std::string_view token = authorization;
  if (token.starts_with(scheme)) token.remove_prefix(scheme.size());
  if (token.size() > token_bytes_max) return not_a_jwt("it is too long");
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return not_a_jwt("it is no JWT");
  const auto payload = from_base64url(token.substr(first + 1, second - first - 1));
  if (!payload) return not_a_jwt("its payload is no base64url");
  const auto claims = parse_json(*payload, JsonLimits{.depth = 8, .bytes = token_bytes_max});
  // The parser's message would quote the token.
  if (!claims || !claims->is_object()) return not_a_jwt("its payload is no JSON object");

  TokenClaims found;
  if (const json::array* roles = array_at(*claims, "roles")) {
    for (const json::value& role : *roles) {
      if (const json::string* name = role.if_string()) found.roles.emplace_back(*name);
    }
  }
  auto app_id = string_at(*claims, "appid");
  if (!app_id) app_id = string_at(*claims, "azp");
  found.app_id = app_id.value_or("");
  found.tenant_id = string_at(*claims, "tid").value_or("");
  return found;
}

}  // namespace clawback::auth
