#include "cli/completion_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace clawback::cli {

Fill fill_of(const Option& option) {
  if (!option.choices.empty()) return Fill::words;
  const auto names = [&](std::string_view word) {
    return option.value.find(word) != std::string::npos;
  };
  if (names("FILE") || names("PATH")) return Fill::files;
  if (names("FOLDER")) return Fill::folders;
  return Fill::nothing;
}

std::vector<std::string> words_of(const CommandInfo& command) {
  std::vector<std::string> words = command.commands;
  for (const Option& option : command.options) {
    words.insert(words.end(), option.names.begin(), option.names.end());
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

std::string sh_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string name_in(const std::string& command, const std::string& name) {
  return command.empty() ? name : fmt::format("{} {}", command, name);
}

std::string spaced(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

}  // namespace clawback::cli
