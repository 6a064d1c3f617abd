#include "cli/arguments_tree.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/safe_text.hpp"
#include "cli/arguments_raw.hpp"
#include "policy/nearest.hpp"

namespace clawback::cli {
namespace {

std::vector<const CLI::App*> commands_in(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

const CLI::App* command_in(const CLI::App& app, const std::string& name) {
  for (const CLI::App* one : commands_in(app)) {
    if (one->get_name() == name) return one;
  }
  return nullptr;
}

std::vector<std::string> names_in(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* one : commands_in(app)) names.push_back(one->get_name());
  return names;
}

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

std::vector<std::string> path_of(const CLI::App& app) {
  std::vector<std::string> path;
  for (const CLI::App* at = &app; at->get_parent() != nullptr; at = at->get_parent()) {
    path.insert(path.begin(), at->get_name());
  }
  return path;
}

// "a|b" in small letters is a choice of words, "FILE|RUN" is not.
std::vector<std::string> choices_of(const std::string& value) {
  const auto small = [](char c) { return (c >= 'a' && c <= 'z') || c == '-' || c == '|'; };
  if (value.find('|') == std::string::npos || !std::all_of(value.begin(), value.end(), small)) {
    return {};
  }
  return CLI::detail::split(value, '|');
}

Option described(const CLI::Option& option, bool global) {
  const bool flag = option.get_expected_max() == 0;
  const std::string value = flag ? std::string() : option.get_type_name();
  return {.names = names_of(option),
          .value = value,
          .choices = choices_of(value),
          .what = option.get_description(),
          .required = option.get_required(),
          .many = option.get_expected_max() > 1,
          .global = global};
}

void describe_into(const CLI::App& app, std::vector<CommandInfo>& to) {
  CommandInfo info{.path = path_of(app), .what = app.get_description()};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional() && names_of(*option).empty()) {
      Option place = described(*option, false);
      info.positionals.push_back(std::move(place));
    } else {
      info.options.push_back(described(*option, false));
    }
  }
  if (info.path == std::vector<std::string>{"man"} && !info.positionals.empty()) {
    info.positionals.front().choices = names_in(*app.get_parent());
  }
  for (const CLI::App* parent = app.get_parent(); parent != nullptr;
       parent = parent->get_parent()) {
    for (const CLI::Option* option : parent->get_options()) {
      if (option->get_positional() || option->get_group() != "Everywhere") continue;
      info.options.push_back(described(*option, true));
    }
  }
  info.commands = names_in(app);
  info.is_group = app.get_parent() == nullptr || app.get_require_subcommand_min() > 0;
  info.examples = examples_of(name_of(info));
  to.push_back(std::move(info));
  for (const CLI::App* one : commands_in(app)) describe_into(*one, to);
}

// Whether the option is one of the command or of those around it.
const CLI::Option* option_of(const CLI::App& app, const std::string& name) {
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    if (const CLI::Option* option = at->get_option_no_throw(name)) return option;
  }
  return nullptr;
}

// The word after "--config" is its value; after "--config=x" and after a flag it is not.
bool takes_next(const CLI::App& app, const std::string& word) {
  const CLI::Option* option = option_of(app, word);
  return option != nullptr && option->get_expected_max() > 0;
}

std::vector<std::string> options_around(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* option : at->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        const std::string option_name = "--" + name;
        // Each level has a --help of its own.
        if (std::find(names.begin(), names.end(), option_name) == names.end()) {
          names.push_back(option_name);
        }
      }
    }
  }
  return names;
}

std::size_t places_of(const CLI::App& app) {
  std::size_t most = 0;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) most += static_cast<std::size_t>(option->get_expected_max());
  }
  return most;
}

}  // namespace

std::string path_name(const CLI::App& app) {
  return fmt::format("{}", fmt::join(path_of(app), " "));
}

void one_of(CLI::Option& option, const std::vector<std::string>& choices) {
  option.type_name(fmt::format("{}", fmt::join(choices, "|")));
  option.check(CLI::Validator(
      [choices](std::string& text) -> std::string {
        if (std::find(choices.begin(), choices.end(), text) != choices.end()) return {};
        std::string hint = policy::suggestion(text, choices);
        if (hint.empty()) hint = fmt::format("known: {}", fmt::join(choices, ", "));
        return fmt::format("\"{}\" is none of {}\n{}", printable(text, 60),
                           fmt::join(choices, ", "), hint);
      },
      ""));
}

void add_examples(CLI::App& app) {
  std::string text;
  CommandInfo info{.path = path_of(app)};
  for (const std::string& line : examples_of(name_of(info))) text += "\n  " + line;
  app.footer(text.empty() ? std::string() : "Examples:" + text);
  for (CLI::App* one : app.get_subcommands([](CLI::App*) { return true; })) add_examples(*one);
}

std::optional<Error> misspelt(const CLI::App& app, const std::vector<std::string>& line) {
  const CLI::App* at = &app;
  std::size_t words = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const std::string& word = line[i];
    if (word == "--") return std::nullopt;
    if (word.starts_with('-') && word != "-") {
      const std::string name = word.substr(0, word.find('='));
      const CLI::Option* option = option_of(*at, name);
      const bool known = option != nullptr || !word.starts_with("--");
      if (!known) return unknown_word(path_name(*at), name, options_around(*at));
      if (takes_next(*at, word)) ++i;
      continue;
    }
    if (const CLI::App* inner = command_in(*at, word)) {
      at = inner;
      words = 0;
      continue;
    }
    ++words;
    const auto inside = names_in(*at);
    if (!inside.empty() && words > places_of(*at)) {
      return unknown_command(at == &app ? word : path_name(*at) + " " + word, inside, word);
    }
  }
  return std::nullopt;
}

std::vector<std::string> page_last(const CLI::App& app, std::vector<std::string> line) {
  const CLI::App* at = &app;
  std::vector<std::string> first;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const std::string& word = line[i];
    if (word == "--") return line;
    const bool is_option = word.starts_with('-');
    if (!is_option && at == &app) {
      if (word != "man") return line;
      at = command_in(app, word);
      first.push_back(word);
      continue;
    }
    (is_option ? first : words).push_back(word);
    if (is_option && takes_next(*at, word) && i + 1 < line.size()) first.push_back(line[++i]);
  }
  if (words.empty()) return line;
  first.emplace_back("--");
  first.push_back(fmt::format("{}", fmt::join(words, " ")));
  return first;
}

std::vector<CommandInfo> describe(const CLI::App& app) {
  std::vector<CommandInfo> out;
  describe_into(app, out);
  return out;
}

std::string name_of(const CommandInfo& command) {
  return fmt::format("{}", fmt::join(command.path, " "));
}

}  // namespace clawback::cli
