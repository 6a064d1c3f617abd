#pragma once

#include "cli/arguments_raw.hpp"

namespace CLI {
class App;
}

namespace clawback::cli {

// What is known and decided beforehand: `policy …`, `catalog …`.
void add_knowing_commands(CLI::App& app, RawArguments& raw, const AddCommand& add);

}  // namespace clawback::cli
