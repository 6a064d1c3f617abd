#include "http/transport.hpp"

#include <algorithm>

namespace clawback::http {

bool is_permanent(const Error& error) {
  return std::ranges::any_of(error.details,
                             [](const auto& detail) { return detail.first == "permanent"; });
}

}  // namespace clawback::http
