#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/command_tree.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

// What is said about the tree of commands: examples under its help, what is near a mistyped word,
// and the tree as plain values.
namespace clawback::cli {

// The value of an option is one of these; one that is none of them is told with the nearest.
void one_of(CLI::Option& option, const std::vector<std::string>& choices);

// "kill-switch on"; empty for clawback itself.
std::string path_name(const CLI::App& app);

// Puts examples under the help of every command.
void add_examples(CLI::App& app);

// The first word of a line that no command has a place for, with what may have been meant; nullopt:
// there is none. For a line that was not understood.
std::optional<Error> misspelt(const CLI::App& app, const std::vector<std::string>& line);

// The library takes the name of a command for a command wherever it stands, and `man apply` asks
// for a page: the page's name goes behind "--", as one
// word ("policy check").
std::vector<std::string> page_last(const CLI::App& app, std::vector<std::string> line);

std::vector<CommandInfo> describe(const CLI::App& app);

}  // namespace clawback::cli
