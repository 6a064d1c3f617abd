#pragma once

#include <string>

#include "detect/case.hpp"

namespace clawback::detect {

// Guard G2: whether the organisation accepts all the mail access that the application holds.
struct Allowance {
  enum class State : std::uint8_t {
    none,     // no exception for it holds now
    passed,   // there is one, but the application holds more than it allows
    unknown,  // all that is known is covered, but something could not be read
    covered,
  };
  State state = State::none;
  std::string text;  // for `covered` and `unknown`: reason, owner and end of the exceptions
};

Allowance allowance(const Case& subject);

}  // namespace clawback::detect
