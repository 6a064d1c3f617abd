#include "cli/commands.hpp"

namespace clawback::cli {
Result<int> execute(const RunArguments&, const Context&) {
  return Error{.code = Errc::invalid, .message = "not here yet"};
}
Result<int> execute(const WatchArguments&, const Context&) {
  return Error{.code = Errc::invalid, .message = "not here yet"};
}
}  // namespace clawback::cli
