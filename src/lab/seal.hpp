#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace clawback::lab {

// Tokens that say nothing to whoever holds them, and that only this process can make: $skiptoken
// and $deltatoken. `purpose` binds a token to the collection that gave it out.
std::string seal(std::string_view key, std::string_view purpose, std::string_view text);
std::optional<std::string> unseal(std::string_view key, std::string_view purpose,
                                  std::string_view token);

}  // namespace clawback::lab
