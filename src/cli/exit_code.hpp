#pragma once

#include "base/result.hpp"

namespace clawback::cli {

// What a script may rely on.
namespace exit_code {
inline constexpr int done = 0;
inline constexpr int failed = 1;
inline constexpr int unusable = 2;
inline constexpr int found = 3;
inline constexpr int approval = 4;
inline constexpr int guard = 5;
inline constexpr int stale = 6;
inline constexpr int partial = 7;
inline constexpr int incomplete = 8;
inline constexpr int denied = 9;
inline constexpr int audit = 12;
}  // namespace exit_code

int exit_code_of(Errc code);

}  // namespace clawback::cli
