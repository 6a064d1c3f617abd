#pragma once

#include "cli/arguments_raw.hpp"

namespace CLI {
class App;
}

namespace clawback::cli {

// How long, and how often, effects are read back: --verify-window and --verify-gap.
void add_verify_options(CLI::App& app, RawArguments::Texts& into);

}  // namespace clawback::cli
