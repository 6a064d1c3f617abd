#pragma once

#include "cli/arguments_audit.hpp"

namespace clawback::cli {

// What people put their names to: `approve`, `reject`, `ratify`.
void add_signing_commands(CLI::App& app, RawArguments& raw, const AddCommand& add);

}  // namespace clawback::cli
