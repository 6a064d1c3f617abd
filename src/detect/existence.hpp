#pragma once

#include <string>
#include <vector>

#include "detect/case.hpp"
#include "domain/finding.hpp"

namespace clawback::detect {

// Guard G3: whether the mail access that the application holds was given before the window.
struct Existence {
  domain::Existence state = domain::Existence::unknown;
  std::string reason;
};
Existence existence(const Case& subject, const std::vector<domain::GrantHistory>& histories);

// Signals about what happens, not about what stands: old access that is used or changed is news.
bool shows_activity(const std::vector<domain::SignalResult>& signals);

}  // namespace clawback::detect
