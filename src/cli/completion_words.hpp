#pragma once

#include <string>
#include <vector>

#include "cli/command_tree.hpp"

// What the three shells' scripts have in common.
namespace clawback::cli {

// What to complete in the place of a value.
enum class Fill { files, folders, words, nothing };
Fill fill_of(const Option& option);
// The names of the options and of the commands that may stand there, sorted.
std::vector<std::string> words_of(const CommandInfo& command);
// 'text' for a shell of the sh family, "it's" as 'it'\''s'.
std::string sh_quoted(const std::string& text);
// "policy" and "check": "policy check"; of clawback itself the name alone.
std::string name_in(const std::string& command, const std::string& name);
// Joined by a blank.
std::string spaced(const std::vector<std::string>& words);

}  // namespace clawback::cli
