#include "console/assets.hpp"

#include "console/pages.hpp"

namespace clawback::console {

std::optional<Asset> asset(std::string_view name) {
  if (name == "console.css") return Asset{.type = "text/css; charset=utf-8", .bytes = style()};
  if (name == "console.js")
    return Asset{.type = "text/javascript; charset=utf-8", .bytes = script()};
  return std::nullopt;
}

}  // namespace clawback::console
