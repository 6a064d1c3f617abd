#include <fmt/format.h>

#include "cli/completion_words.hpp"

namespace clawback::cli {
namespace {

constexpr std::string_view body = R"sh(
_clawback() {
  local at='' word need='' kind='' i
  local -a choices named
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    if [[ -n $need ]]; then need=''; continue; fi
    if [[ $word == -* ]]; then
      [[ $word == *=* ]] && continue
      _clawback_value "$at" "$word"
      [[ -n $kind ]] && need=$word
    else
      _clawback_step "$at" "$word"
    fi
  done
  kind='' choices=() named=()
  word=$words[CURRENT]
  if [[ -z $need && $word == --*=* ]]; then
    need=${word%%=*}
    compset -P '*='
  fi
  if [[ -n $need ]]; then
    _clawback_value "$at" "$need"
  elif [[ $word == -* ]]; then
    _clawback_names "$at"
    _describe -o 'option' named
    return
  else
    _clawback_place "$at"
  fi
  case $kind in
    (words) compadd -- $choices ;;
    (commands) _describe 'command' named ;;
    (files) _files ;;
    (folders) _files -/ ;;
    (*) return 1 ;;
  esac
}

if [[ ${funcstack[1]-} == _clawback ]]; then
  _clawback "$@"
else
  compdef _clawback clawback
fi
)sh";

std::string kind_of(const Option& option) {
  switch (fill_of(option)) {
    case Fill::files:
      return "kind=files";
    case Fill::folders:
      return "kind=folders";
    case Fill::words:
      return fmt::format("kind=words choices=({})", spaced(option.choices));
    case Fill::nothing:
      return "kind=nothing";
  }
  return "kind=nothing";
}

// 'name:what it is'
std::string named(const std::string& name, const std::string& what) {
  return sh_quoted(fmt::format("{}:{}", name, what));
}

const CommandInfo* inside(const std::vector<CommandInfo>& tree, const CommandInfo& group,
                          const std::string& name) {
  for (const CommandInfo& one : tree) {
    if (one.path.size() != group.path.size() + 1 || one.path.back() != name) continue;
    if (std::equal(group.path.begin(), group.path.end(), one.path.begin())) return &one;
  }
  return nullptr;
}

std::string patterns_of(const std::string& command, const Option& option, bool everywhere) {
  std::string out;
  for (const std::string& name : option.names) {
    if (!out.empty()) out += "|";
    out +=
        everywhere ? "*$'\\t'" + sh_quoted(name) : sh_quoted(command) + "$'\\t'" + sh_quoted(name);
  }
  return out;
}

std::string steps_of(const std::vector<CommandInfo>& tree) {
  std::string out = "_clawback_step() {\n  case \"$1\"$'\\t'\"$2\" in\n";
  for (const CommandInfo& command : tree) {
    const std::string at = name_of(command);
    for (const std::string& name : command.commands) {
      out += fmt::format("    ({}$'\\t'{}) at={} ;;\n", sh_quoted(at), sh_quoted(name),
                         sh_quoted(name_in(at, name)));
    }
  }
  return out + "  esac\n}\n\n";
}

std::string values_of(const std::vector<CommandInfo>& tree) {
  std::string out = "_clawback_value() {\n  kind=''\n  case \"$1\"$'\\t'\"$2\" in\n";
  for (const CommandInfo& command : tree) {
    for (const Option& option : command.options) {
      if (option.value.empty() || option.global) continue;
      out +=
          fmt::format("    ({}) {} ;;\n",
                      patterns_of(name_of(command), option, command.path.empty()), kind_of(option));
    }
  }
  return out + "  esac\n}\n\n";
}

std::string names_of_all(const std::vector<CommandInfo>& tree) {
  std::string out = "_clawback_names() {\n  case $1 in\n";
  for (const CommandInfo& command : tree) {
    std::string list;
    for (const Option& option : command.options) {
      for (const std::string& name : option.names)
        list += fmt::format(" {}", named(name, option.what));
    }
    out += fmt::format("    ({}) named=({}) ;;\n", sh_quoted(name_of(command)),
                       list.empty() ? list : list.substr(1));
  }
  return out + "  esac\n}\n\n";
}

std::string places_of(const std::vector<CommandInfo>& tree) {
  std::string out = "_clawback_place() {\n  case $1 in\n";
  for (const CommandInfo& command : tree) {
    std::string what;
    if (!command.commands.empty()) {
      what = "kind=commands named=(";
      for (const std::string& name : command.commands) {
        const CommandInfo* one = inside(tree, command, name);
        what += (what.back() == '(' ? "" : " ") + named(name, one != nullptr ? one->what : "");
      }
      what += ")";
    } else if (!command.positionals.empty()) {
      what = kind_of(command.positionals.front());
    } else {
      continue;
    }
    out += fmt::format("    ({}) {} ;;\n", sh_quoted(name_of(command)), what);
  }
  return out + "  esac\n}\n";
}

}  // namespace

std::string zsh_completion(const std::vector<CommandInfo>& tree) {
  return "#compdef clawback\n# zsh completion for clawback: made by `clawback completion "
         "zsh`.\n\n" +
         steps_of(tree) + values_of(tree) + names_of_all(tree) + places_of(tree) +
         std::string(body);
}

}  // namespace clawback::cli
