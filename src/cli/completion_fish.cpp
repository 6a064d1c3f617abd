#include <fmt/format.h>

#include "cli/completion_words.hpp"

namespace clawback::cli {
namespace {

// Where the line stands: the commands in it, without options and their values.
constexpr std::string_view body = R"sh(
function __clawback_at
    set -l at ''
    set -l need 0
    for word in (commandline -opc)[2..-1]
        if test $need -eq 1
            set need 0
        else if string match -q -- '-*' $word
            __clawback_takes "$at" $word; and set need 1
        else
            set at (__clawback_step "$at" $word)
        end
    end
    test "$at" = "$argv[1]"
end

complete -c clawback -f
)sh";

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string steps_of(const std::vector<CommandInfo>& tree) {
  std::string out = "function __clawback_step\n    switch \"$argv[1]/$argv[2]\"\n";
  for (const CommandInfo& command : tree) {
    const std::string at = name_of(command);
    for (const std::string& name : command.commands) {
      out += fmt::format("        case {}\n            echo {}\n",
                         quoted(fmt::format("{}/{}", at, name)), quoted(name_in(at, name)));
    }
  }
  return out + "        case '*'\n            echo -- $argv[1]\n    end\nend\n\n";
}

std::string takes_of(const std::vector<CommandInfo>& tree) {
  std::string out = "function __clawback_takes\n    switch \"$argv[1]/$argv[2]\"\n        case";
  for (const CommandInfo& command : tree) {
    for (const Option& option : command.options) {
      if (option.value.empty() || option.global) continue;
      for (const std::string& name : option.names) {
        const std::string at = command.path.empty() ? "*" : name_of(command);
        out += fmt::format(" {}", quoted(fmt::format("{}/{}", at, name)));
      }
    }
  }
  return out + "\n            return 0\n    end\n    return 1\nend\n";
}

std::string value_of(const Option& option) {
  switch (fill_of(option)) {
    case Fill::files:
      return " -r -F";
    case Fill::folders:
      return " -x -a '(__fish_complete_directories)'";
    case Fill::words:
      return " -x -a " + quoted(spaced(option.choices));
    case Fill::nothing:
      return " -x";
  }
  return {};
}

std::string option_line(const CommandInfo& command, const Option& option) {
  std::string out = "complete -c clawback";
  // What clawback itself takes, every command takes.
  if (!command.path.empty()) out += " -n " + quoted("__clawback_at " + quoted(name_of(command)));
  for (const std::string& name : option.names) {
    out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (!option.value.empty()) out += value_of(option);
  return fmt::format("{} -d {}\n", out, quoted(option.what));
}

std::string places_of(const CommandInfo& command, const std::vector<CommandInfo>& tree) {
  const std::string at = " -n " + quoted("__clawback_at " + quoted(name_of(command)));
  std::string out;
  for (const std::string& name : command.commands) {
    for (const CommandInfo& one : tree) {
      std::vector<std::string> path = command.path;
      path.push_back(name);
      if (one.path != path) continue;
      out += fmt::format("complete -c clawback{} -a {} -d {}\n", at, name, quoted(one.what));
    }
  }
  if (!command.commands.empty() || command.positionals.empty()) return out;
  const Option& place = command.positionals.front();
  switch (fill_of(place)) {
    case Fill::files:
      return fmt::format("complete -c clawback{} -F\n", at);
    case Fill::folders:
      return fmt::format("complete -c clawback{} -a '(__fish_complete_directories)'\n", at);
    case Fill::words:
      return fmt::format("complete -c clawback{} -a {}\n", at, quoted(spaced(place.choices)));
    case Fill::nothing:
      break;
  }
  return out;
}

}  // namespace

std::string fish_completion(const std::vector<CommandInfo>& tree) {
  std::string out = "# fish completion for clawback: made by `clawback completion fish`.\n\n" +
                    steps_of(tree) + takes_of(tree) + std::string(body);
  for (const CommandInfo& command : tree) {
    out += places_of(command, tree);
    for (const Option& option : command.options) {
      if (!option.global) out += option_line(command, option);
    }
  }
  return out;
}

}  // namespace clawback::cli
