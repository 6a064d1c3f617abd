#pragma once

#include <functional>
#include <string>

#include "cli/arguments_raw.hpp"

namespace CLI {
class App;
}

namespace clawback::cli {

// Makes a command: where, its name, what it is, and its arguments once they are read (none for a
// group of commands).
using AddCommand = std::function<CLI::App*(CLI::App& parent, const std::string& name,
                                           const std::string& what, std::function<Command()> make)>;

// The history and what guards it: `runs`, `log`, `log verify`, `kill-switch`.
void add_audit_commands(CLI::App& app, RawArguments& raw, const AddCommand& add);

// What helps with the commands themselves: `completion`, `man`.
void add_help_commands(CLI::App& app, RawArguments& raw, const AddCommand& add);

}  // namespace clawback::cli
