#include "http/transport.hpp"

#include <algorithm>
#include <utility>

namespace clawback::http {

bool is_permanent(const Error& error) {
  return std::ranges::any_of(error.details,
                             [](const auto& detail) { return detail.first == "permanent"; });
}

Error held_back(std::string why) {
  return Error{.code = Errc::unavailable,
               .message = "nothing was sent: " + std::move(why),
               .details = {{"held back", "yes"}}};
}

bool was_held_back(const Error& error) {
  return std::ranges::any_of(error.details,
                             [](const auto& detail) { return detail.first == "held back"; });
}

}  // namespace clawback::http
