#pragma once

#include <string>
#include <vector>

// The command line described as plain values, for what is made of it: completion and man pages.
namespace clawback::cli {

struct Option {
  std::vector<std::string> names;    // "--output", "-o"; a positional has none
  std::string value;                 // "FILE", "mine|not-mine"; empty: a flag
  std::vector<std::string> choices;  // of a value that is one of a few words
  std::string what;
  bool required = false;
  bool many = false;
  bool global = false;  // every command takes it
};

struct CommandInfo {
  std::vector<std::string> path;  // {"policy", "check"}; empty: clawback itself
  std::string what;
  std::vector<Option> options;
  std::vector<Option> positionals;
  std::vector<std::string> commands;  // names of those inside it
  bool is_group = false;              // it does nothing without one of them
  std::vector<std::string> examples;  // whole command lines
};

// Every command, the program itself first, a group before what is in it. From the same tree that
// reads the command line.
std::vector<CommandInfo> command_tree();
std::string name_of(const CommandInfo& command);  // "policy check"; empty: clawback itself

// A few real command lines for a command ("policy check"; empty: clawback itself).
std::vector<std::string> examples_of(const std::string& command);

// Scripts for `clawback completion`: made of the tree and of nothing from outside.
std::string bash_completion(const std::vector<CommandInfo>& tree);
std::string zsh_completion(const std::vector<CommandInfo>& tree);
std::string fish_completion(const std::vector<CommandInfo>& tree);

// The man page (roff, man macros) of a command with those inside it, or of the program.
std::string man_page(const std::vector<CommandInfo>& tree, const std::string& command);

}  // namespace clawback::cli
