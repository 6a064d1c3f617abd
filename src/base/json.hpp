#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace clawback {

namespace json = boost::json;

struct JsonLimits {
  std::size_t depth = 32;
  std::size_t bytes = 64u << 20u;
};

// Strict JSON from outside; an error has line and column. Duplicate keys: the last one counts.
Result<json::value> parse_json(std::string_view text, const JsonLimits& limits = {});

// RFC 8785 for what clawback writes: objects with keys sorted by UTF-16 code units, strings,
// booleans, null and integers in [-(2^53-1), 2^53-1]. Aborts on a floating-point number: it is our
// mistake.
std::string canonical_json(const json::value& value);
// Anywhere in it: such a value has no canonical form.
bool has_fraction(const json::value& value);
// The same order, indented by two blanks, ending in a line feed: for files that people read.
std::string pretty_json(const json::value& value);
std::string compact_json(const json::value& value);

// Readers that skip what they do not know. nullptr or nullopt: absent, null or of another type.
const json::value* member(const json::value& object, std::string_view key);
const json::object* object_at(const json::value& object, std::string_view key);
const json::array* array_at(const json::value& object, std::string_view key);
std::optional<std::string> string_at(const json::value& object, std::string_view key);
std::optional<bool> bool_at(const json::value& object, std::string_view key);
std::optional<std::int64_t> int_at(const json::value& object, std::string_view key);

// For files of our own that must have the member: Errc::invalid names `where` and the key.
Result<std::string> require_string(const json::value& object, std::string_view key,
                                   std::string_view where);
Result<std::int64_t> require_int(const json::value& object, std::string_view key,
                                 std::string_view where);
Result<bool> require_bool(const json::value& object, std::string_view key, std::string_view where);

}  // namespace clawback
