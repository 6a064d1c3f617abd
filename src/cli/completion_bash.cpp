#include <fmt/format.h>

#include "cli/completion_words.hpp"

namespace clawback::cli {
namespace {

// `words` must hold plain words only: compgen -W expands what it is given.
constexpr std::string_view body = R"sh(
_clawback() {
  local cur=${COMP_WORDS[COMP_CWORD]} at='' word kind='' words='' need='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    # Readline cuts --name=value into three words.
    [[ $word == '=' ]] && continue
    if [[ -n $need ]]; then need=''; continue; fi
    if [[ $word == -* ]]; then
      _clawback_value "$at" "$word"
      [[ -n $kind ]] && need=$word
    else
      _clawback_step "$at" "$word"
    fi
  done
  kind='' words=''
  [[ $cur == '=' ]] && cur=''
  if [[ -n $need ]]; then
    _clawback_value "$at" "$need"
  elif [[ $cur == -* ]]; then
    kind=words
    _clawback_names "$at"
  else
    _clawback_place "$at"
  fi
  case $kind in
    words) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur") ;;
    files)
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      compopt -o filenames 2>/dev/null ;;
    folders)
      mapfile -t COMPREPLY < <(compgen -d -- "$cur")
      compopt -o filenames 2>/dev/null ;;
  esac
}

complete -F _clawback clawback
)sh";

std::string kind_of(const Option& option) {
  switch (fill_of(option)) {
    case Fill::files:
      return "kind=files";
    case Fill::folders:
      return "kind=folders";
    case Fill::words:
      return fmt::format("kind=words words='{}'", spaced(option.choices));
    case Fill::nothing:
      return "kind=nothing";
  }
  return "kind=nothing";
}

std::string patterns_of(const std::string& command, const Option& option) {
  std::string out;
  for (const std::string& name : option.names) {
    if (!out.empty()) out += " | ";
    out += option.global ? fmt::format("*'\t{}'", name) : fmt::format("'{}\t{}'", command, name);
  }
  return out;
}

// Where a word leads, what an option's value is, what may stand in a place.
std::string steps_of(const std::vector<CommandInfo>& tree) {
  std::string out = "_clawback_step() {\n  case \"$1\t$2\" in\n";
  for (const CommandInfo& command : tree) {
    const std::string at = name_of(command);
    for (const std::string& name : command.commands) {
      out += fmt::format("    '{}\t{}') at='{}' ;;\n", at, name, name_in(at, name));
    }
  }
  return out + "  esac\n}\n\n";
}

std::string values_of(const std::vector<CommandInfo>& tree) {
  std::string out = "_clawback_value() {\n  kind=''\n  case \"$1\t$2\" in\n";
  for (const CommandInfo& command : tree) {
    for (const Option& option : command.options) {
      if (option.value.empty() || option.global) continue;
      out += fmt::format("    {}) {} ;;\n", patterns_of(name_of(command), option), kind_of(option));
    }
  }
  for (const Option& option : tree.front().options) {
    if (option.value.empty()) continue;
    Option everywhere = option;
    everywhere.global = true;
    out += fmt::format("    {}) {} ;;\n", patterns_of("", everywhere), kind_of(option));
  }
  return out + "  esac\n}\n\n";
}

std::string names_of_all(const std::vector<CommandInfo>& tree) {
  std::string out = "_clawback_names() {\n  case $1 in\n";
  for (const CommandInfo& command : tree) {
    std::vector<std::string> names;
    for (const std::string& word : words_of(command)) {
      if (word.starts_with('-')) names.push_back(word);
    }
    out += fmt::format("    '{}') words='{}' ;;\n", name_of(command), spaced(names));
  }
  return out + "  esac\n}\n\n";
}

std::string places_of(const std::vector<CommandInfo>& tree) {
  std::string out = "_clawback_place() {\n  case $1 in\n";
  for (const CommandInfo& command : tree) {
    std::string what;
    if (!command.commands.empty()) {
      what = fmt::format("kind=words words='{}'", spaced(command.commands));
    } else if (!command.positionals.empty()) {
      what = kind_of(command.positionals.front());
    } else {
      continue;
    }
    out += fmt::format("    '{}') {} ;;\n", name_of(command), what);
  }
  return out + "  esac\n}\n";
}

}  // namespace

std::string bash_completion(const std::vector<CommandInfo>& tree) {
  return "# bash completion for clawback: made by `clawback completion bash`.\n\n" +
         steps_of(tree) + values_of(tree) + names_of_all(tree) + places_of(tree) +
         std::string(body);
}

}  // namespace clawback::cli
