#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace clawback {

// "a, b and 3 more": the first `most` names, each printable and cut to `columns_max`.
std::string listed(const std::vector<std::string>& names, std::size_t most,
                   std::size_t columns_max = 200);

}  // namespace clawback
