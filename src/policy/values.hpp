#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/policy.hpp"
#include "policy/toml.hpp"

// Readers for values that mean something in a policy. A bad value is recorded at its place in the
// file.
namespace clawback::policy {

// `schema = 1`, the only one there is.
void require_schema(TomlTable& table);
// A GUID, lower-cased; empty if it is none.
std::string guid(TomlTable& table, std::string_view key);
std::vector<std::string> guids(TomlTable& table, std::string_view key);
std::vector<domain::AppId> app_ids(TomlTable& table, std::string_view key);
// Ids of signals that this version evaluates.
std::vector<std::string> signal_ids(TomlTable& table, std::string_view key);
void check_signal_id(TomlTable& table, std::string_view key, std::string_view id);
// In the fixed order of sending.
std::vector<domain::ActionKind> actions(TomlTable& table, std::string_view key);
domain::Mode mode(TomlTable& table, std::string_view key);
// One of `allowed` (with its index), `fallback` if the key is not there.
std::size_t choice(TomlTable& table, std::string_view key, const std::vector<std::string>& allowed,
                   std::size_t fallback);
// Not negative, and not more than `ceiling`.
std::optional<std::int64_t> limit(TomlTable& table, std::string_view key, std::int64_t ceiling);

// The last part of a path.
std::string file_name(std::string_view path);

}  // namespace clawback::policy
