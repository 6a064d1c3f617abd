#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace clawback::graph {

// Empty: absent, null or not a string. The text lives as long as `object`.
std::string_view text_at(const json::value& object, std::string_view key);
// nullopt also for a text that is not a time: Graph prints year 0001 for "never", which is one.
std::optional<Time> time_at(const json::value& object, std::string_view key);
// GUIDs in lower case, anything else as it is.
std::string lower_guid(std::string_view text);
// nullopt: absent or no list. Items that are not texts are left out.
std::optional<std::vector<std::string>> strings_at(const json::value& object, std::string_view key);
// Errc::protocol: an entity can't be without this member.
Error lacks(std::string_view entity, std::string_view path);

}  // namespace clawback::graph
