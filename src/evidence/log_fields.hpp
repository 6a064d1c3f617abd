#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/time.hpp"

// What the records of exported logs have in common.
namespace clawback::evidence {

// RFC 3339; without a zone it is UTC, as in the Unified Audit Log. Also "11/23/2026, 3:04:09.123
// AM" (month first), which the portal writes under a heading that ends in "[UTC]".
std::optional<Time> log_time(std::string_view text);

// "203.0.113.7:443", "[2001:db8::1]:443" and "::ffff:203.0.113.7" without port, brackets and
// prefix; nullopt if it is no address ("<null>").
std::optional<std::string> log_address(std::string_view text);

// [{"Name":…,"Value":…}]: the value of that name as text; empty if there is none. The text lives as
// long as `record`.
std::string_view named_value(const json::value& record, std::string_view list,
                             std::string_view name);

// A dynamic column: a list or object, or the text of one (decoded). Anything else stays as it is.
json::value decoded(const json::value& value);

// Numbers and booleans also as texts ("50126", "True").
std::optional<std::int64_t> log_number(const json::value& record, std::string_view key);
std::optional<bool> log_bool(const json::value& record, std::string_view key);

}  // namespace clawback::evidence
