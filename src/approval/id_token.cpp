#include "approval/id_token.hpp"

#include <algorithm>
#include <optional>

#include "approval/jwks.hpp"
#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/safe_text.hpp"
#include "base/secret.hpp"

namespace clawback::approval {
namespace {

constexpr std::size_t token_max = 16u << 10u;
constexpr JsonLimits part_limits{.depth = 8, .bytes = token_max};
constexpr std::chrono::minutes made_within{10};
constexpr std::chrono::minutes clocks_differ{5};
// Seconds since 1970 that a Time can hold with room to spare: the year 9999.
constexpr std::int64_t seconds_max = 253'402'300'799;

Error refused(std::string message) {
  return Error{.code = Errc::approval, .message = "ID token: " + std::move(message)};
}

struct Parts {
  json::value header;
  json::value claims;
  std::string_view signed_text;
  std::string signature;
};

// Nothing of the token is quoted: what is in it is about a person.
Result<Parts> split(std::string_view token) {
  if (token.size() > token_max) return refused("it is too long");
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return refused("it is no JWT");
  const auto header = from_base64url(token.substr(0, first));
  const auto claims = from_base64url(token.substr(first + 1, second - first - 1));
  const auto signature = from_base64url(token.substr(second + 1));
  if (!header || !claims || !signature) return refused("it is no JWT");
  auto header_json = parse_json(*header, part_limits);
  auto claims_json = parse_json(*claims, part_limits);
  if (!header_json || !claims_json || !header_json->is_object() || !claims_json->is_object()) {
    return refused("it is no JWT");
  }
  return Parts{.header = std::move(*header_json),
               .claims = std::move(*claims_json),
               .signed_text = token.substr(0, second),
               .signature = *signature};
}

Result<void> check_header(const json::value& header) {
  const auto algorithm = string_at(header, "alg");
  if (algorithm != "RS256") {
    return refused("its algorithm is \"" + printable(algorithm.value_or("missing"), 20) +
                   "\"; only RS256 is accepted");
  }
  if (member(header, "crit") != nullptr) return refused("it asks for extensions of JWT");
  return {};
}

bool is_registered(const Registry& registry, const std::string& tenant) {
  return std::any_of(registry.people.begin(), registry.people.end(),
                     [&](const Approver& one) { return one.entra.tenant == tenant; });
}

// Among the documents that are known of the tenant: one has to hold the key.
Result<KeyPtr> key_of(const Registry& registry, const std::string& tenant, const std::string& kid,
                      const std::string& issuer) {
  const auto known = registry.entra.keys.find(tenant);
  if (known == registry.entra.keys.end() || known->second.empty()) {
    return refused("the signing keys of tenant " + tenant + " are not at hand");
  }
  for (const std::string& jwks : known->second) {
    auto key = find_key(jwks, kid, issuer);
    if (key || key.error().code != Errc::not_found) return key;
  }
  return refused("it is signed with the unknown key \"" + printable(kid, 60) + "\" of tenant " +
                 tenant);
}

std::optional<Time> time_at(const json::value& claims, std::string_view name) {
  const auto seconds = int_at(claims, name);
  if (!seconds || *seconds < 0 || *seconds > seconds_max) return std::nullopt;
  return Time(std::chrono::seconds(*seconds));
}

Result<void> check_claims(const json::value& claims, const Registry& registry,
                          const std::string& issuer, std::string_view nonce) {
  if (string_at(claims, "iss") != issuer) {
    return refused("its issuer is not " + issuer);
  }
  if (registry.entra.client_id.empty() ||
      to_lower(string_at(claims, "aud").value_or("")) != registry.entra.client_id) {
    return refused("it was made for another application than the approvals app");
  }
  if (string_at(claims, "ver") != "2.0") return refused("it is not of version 2.0");
  if (nonce.empty() || !same_bytes(string_at(claims, "nonce").value_or(""), nonce)) {
    return refused("it was made for something else: its nonce is not this approval's");
  }
  return {};
}

}  // namespace

Result<IdToken> check_id_token(std::string_view token, const Registry& registry,
                               std::string_view nonce) {
  const auto parts = split(token);
  if (!parts) return parts.error();
  if (const auto header = check_header(parts->header); !header) return header.error();
  const std::string tenant = to_lower(string_at(parts->claims, "tid").value_or(""));
  if (!is_guid(tenant)) return refused("it does not say which tenant it is of");
  if (!is_registered(registry, tenant)) {
    return refused("it is of tenant " + tenant + ", where no registered approver is");
  }
  const auto kid = string_at(parts->header, "kid");
  if (!kid || kid->empty()) return refused("it does not say which key signed it");
  const std::string issuer = registry.entra.login + "/" + tenant + "/v2.0";
  const auto key = key_of(registry, tenant, *kid, issuer);
  if (!key) return key.error();
  if (!rs256_holds(key->get(), parts->signed_text, parts->signature)) {
    return refused("its signature does not hold");
  }
  if (const auto good = check_claims(parts->claims, registry, issuer, nonce); !good) {
    return good.error();
  }
  const std::string object = to_lower(string_at(parts->claims, "oid").value_or(""));
  if (!is_guid(object)) return refused("it does not say whose it is (oid)");
  const auto issued = time_at(parts->claims, "iat");
  const auto not_before = time_at(parts->claims, "nbf");
  const auto expires = time_at(parts->claims, "exp");
  if (!issued || !not_before || !expires) return refused("it has no usable iat, nbf and exp");
  const auto authenticated = time_at(parts->claims, "auth_time");
  if (!authenticated && member(parts->claims, "auth_time") != nullptr) {
    return refused("its auth_time is unusable");
  }
  return IdToken{.account = {.tenant = tenant, .object = object},
                 .issued = *issued,
                 .not_before = *not_before,
                 .expires = *expires,
                 .authenticated = authenticated};
}

Result<void> check_made(const IdToken& token, Time when) {
  const auto apart = token.issued > when ? token.issued - when : when - token.issued;
  if (apart > made_within) {
    return refused("it was made on " + format_time(token.issued) +
                   ", not when the approval was signed (" + format_time(when) + ")");
  }
  if (token.not_before > std::max(when, token.issued) + clocks_differ) {
    return refused("it holds only from " + format_time(token.not_before));
  }
  if (token.expires <= when) {
    return refused("it expired on " + format_time(token.expires));
  }
  return {};
}

Result<void> check_times(const IdToken& token, Time signed_at) {
  if (auto made = check_made(token, signed_at); !made) return made;
  if (token.authenticated && *token.authenticated < signed_at - clocks_differ) {
    return refused("it is of a session that was open before: credentials were last asked for on " +
                   format_time(*token.authenticated));
  }
  return {};
}

std::string claimed_tenant(std::string_view token) {
  const auto parts = split(token);
  if (!parts) return {};
  std::string tenant = to_lower(string_at(parts->claims, "tid").value_or(""));
  return is_guid(tenant) ? tenant : std::string();
}

}  // namespace clawback::approval
