#include "domain/grant_id.hpp"

#include <string>

#include "base/digest.hpp"

namespace clawback::domain {
namespace {

constexpr std::size_t guid_size = 16;

std::string guid_at(std::string_view bytes, std::size_t index) {
  const auto guid = guid_from_bytes(bytes.substr(index * guid_size, guid_size));
  return guid ? *guid : std::string();
}

}  // namespace

GrantKey key_of(const Grant& grant) {
  return {.client = grant.client, .resource = grant.resource, .principal = grant.principal};
}

std::optional<GrantKey> decode_grant_id(std::string_view id) {
  if (id.size() != 43 && id.size() != 64) return std::nullopt;
  const auto bytes = from_base64url(id);
  if (!bytes || (bytes->size() != 2 * guid_size && bytes->size() != 3 * guid_size)) {
    return std::nullopt;
  }
  GrantKey key{.client = ServicePrincipalId(guid_at(*bytes, 0)),
               .resource = ServicePrincipalId(guid_at(*bytes, 1)),
               .principal = std::nullopt};
  if (bytes->size() == 3 * guid_size) key.principal = UserId(guid_at(*bytes, 2));
  return key;
}

std::optional<GrantId> encode_grant_id(const GrantKey& key) {
  std::string bytes;
  const auto add = [&](const std::string& guid) {
    const auto found = guid_bytes(guid);
    if (!found) return false;
    bytes += *found;
    return true;
  };
  if (!add(key.client.str()) || !add(key.resource.str())) return std::nullopt;
  if (key.principal && !add(key.principal->str())) return std::nullopt;
  return GrantId(base64url(bytes));
}

bool is_zero_guid(std::string_view guid) { return guid == "00000000-0000-0000-0000-000000000000"; }

}  // namespace clawback::domain
