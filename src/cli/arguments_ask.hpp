#pragma once

#include "cli/arguments_audit.hpp"

namespace clawback::cli {

// Adds the options that say where the facts come from.
using AddInput = std::function<void(CLI::App* app, Input& into)>;

// Asking the user: `ask`, `answer`.
void add_ask_commands(CLI::App& app, RawArguments& raw, const AddCommand& add,
                      const AddInput& add_input);

}  // namespace clawback::cli
