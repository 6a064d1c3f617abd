#pragma once

#include "cli/arguments_audit.hpp"
#include "cli/arguments_raw.hpp"

namespace CLI {
class App;
}

// Options of the command line, away from the tree of commands (arguments.cpp).
namespace clawback::cli {

// Flags that every command takes.
void add_globals(CLI::App& app, RawArguments& raw);

// --export FORMAT=FILE, as often as there are formats.
void add_export_option(CLI::App& app, RawArguments::Texts& into);

// What plans are asked, besides where their facts come from.
void add_plan_options(CLI::App& plan, PlanArguments& into);
void add_undo_options(CLI::App& undo, UndoArguments& into);
// serve
void add_serve_command(CLI::App& app, RawArguments& raw, const AddCommand& add);
// run, watch
void add_pass_commands(CLI::App& app, RawArguments& raw, const AddCommand& add);

}  // namespace clawback::cli
