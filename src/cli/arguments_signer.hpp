#pragma once

#include <string>

#include "cli/arguments.hpp"

namespace CLI {
class App;
}

namespace clawback::cli {

// Who signs: --key or --sign-in, and --as.
void add_signer_options(CLI::App& app, SignerArguments& into, std::string& timeout);

}  // namespace clawback::cli
