#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace clawback::policy {

// "did you mean "mode"?" when one of `known` is close to `word`; else what is known, or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace clawback::policy
