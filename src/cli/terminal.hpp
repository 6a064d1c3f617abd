#pragma once

#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "cli/context.hpp"

namespace clawback::cli {

// Somebody sits at standard input and reads standard error, and did not say --yes.
bool can_ask(const Context& context);

// Only "yes" is yes. Call it only if `can_ask`.
bool ask_yes(const std::string& question, const Context& context);
// Without an echo.
Result<Secret> ask_passphrase(const std::string& prompt, const Context& context);

// From --passphrase-env, if it was given. Errc::invalid if that variable is not set.
Result<std::optional<Secret>> passphrase_from_environment(const Context& context);

}  // namespace clawback::cli
