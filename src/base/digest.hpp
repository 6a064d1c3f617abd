#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace clawback {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view bytes);
std::string hex(std::span<const std::uint8_t> bytes);
// "sha256:" and 64 hex digits: how digests are written in plans, findings and journals.
std::string sha256_text(std::string_view bytes);

std::string base64(std::string_view bytes);
std::string base64url(std::string_view bytes);  // no padding
Result<std::string> from_base64(std::string_view text);
Result<std::string> from_base64url(std::string_view text);

// From the operating system's generator; aborts if it has none.
std::string random_bytes(std::size_t count);
std::string random_guid();
// Version 5 of RFC 9562: always the same GUID for a name in a namespace, which must be a GUID.
std::string guid_of_name(std::string_view space, std::string_view name);

// 8-4-4-4-12 hex digits, either case.
bool is_guid(std::string_view text);
// The sixteen bytes in .NET order (first three groups little-endian), as in Graph's grant ids.
Result<std::string> guid_bytes(std::string_view guid);
Result<std::string> guid_from_bytes(std::string_view sixteen);

std::string to_lower(std::string_view ascii);

}  // namespace clawback
