#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace clawback::evidence {

// "(field eq 'a' or field eq 'b')" of an OData filter. The values are ids or words of our own.
inline std::string any_of(std::string_view field, const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) {
    if (!out.empty()) out += " or ";
    out += fmt::format("{} eq '{}'", field, value);
  }
  return "(" + out + ")";
}

}  // namespace clawback::evidence
