#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace clawback::policy {

struct TextPlace {
  std::uint32_t line = 1;
  std::uint32_t column = 1;  // in characters
};

// Where TOML text first has a byte beyond ASCII that is not in a string or comment (a BOM at the
// start is passed over). TOML 1.0 allows none there, and toml++ 3.3 reads past the bounds of an
// array when it meets some as the beginning of a key.
std::optional<TextPlace> first_beyond_ascii(std::string_view toml);

}  // namespace clawback::policy
