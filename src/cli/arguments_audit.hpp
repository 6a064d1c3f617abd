#pragma once

#include "cli/arguments_raw.hpp"

namespace CLI {
class App;
}

namespace clawback::cli {

// The history and what guards it: `runs`, `log`, `log verify`, `kill-switch`.
void add_audit_commands(CLI::App& app, RawArguments& raw, const AddCommand& add);

}  // namespace clawback::cli
