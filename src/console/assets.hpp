#pragma once

#include <string_view>

namespace clawback::console {

extern const std::string_view style;
extern const std::string_view script;

}  // namespace clawback::console
