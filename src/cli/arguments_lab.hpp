#pragma once

#include "cli/arguments.hpp"

namespace CLI {
class App;
}

namespace clawback::cli {

// What `clawback lab` can be told about the tenant that it plays.
void add_lab_options(CLI::App& lab, LabArguments& into);

}  // namespace clawback::cli
