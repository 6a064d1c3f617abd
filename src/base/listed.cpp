#include "base/listed.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"

namespace clawback {

std::string listed(const std::vector<std::string>& names, std::size_t most,
                   std::size_t columns_max) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
    out += (i == 0 ? "" : ", ") + printable(names[i], columns_max);
  }
  if (names.size() > most) out += fmt::format(" and {} more", names.size() - most);
  return out;
}

}  // namespace clawback
