#pragma once

#include <string>

#include "base/result.hpp"
#include "cli/config.hpp"
#include "cli/context.hpp"

namespace clawback::cli {

// Who runs this program, as the operating system knows them: "local:ada", "local:1000" if it has no
// name for them. Under sudo: who called it.
std::string local_account(const Context& context);

struct Requester {
  std::string by;         // a registered person's name, or "local:<account>"
  std::string from = {};  // the account behind a name; empty without one
};

// Who asks for a plan, so that an approval of the same person does not count: `as`, a registered
// person's name, and the account that says so; without `as` the account alone. Errc::approval if
// nobody is registered under `as`.
Result<Requester> requester(const std::string& as, const std::optional<Config>& config,
                            const Context& context);

}  // namespace clawback::cli
