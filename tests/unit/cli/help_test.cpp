#include <doctest/doctest.h>

#include <algorithm>

#include "cli/arguments.hpp"
#include "cli/command_tree.hpp"

using namespace clawback;
using namespace clawback::cli;

namespace {

// As a shell would cut it: blanks, double quotes, and an end at a redirection.
std::vector<std::string> words_of_line(const std::string& line) {
  std::vector<std::string> words(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '>' && !quoted) break;
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      if (!words.back().empty()) words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

const CommandInfo& command(const std::vector<CommandInfo>& tree, const std::string& name) {
  for (const CommandInfo& one : tree) {
    if (name_of(one) == name) return one;
  }
  FAIL("no command " << name);
  return tree.front();
}

}  // namespace

TEST_CASE("help: every command has one to three examples, and each of them can be typed") {
  const auto tree = command_tree();
  CHECK(tree.size() > 35);
  for (const CommandInfo& one : tree) {
    const std::string name = name_of(one);
    CAPTURE(name);
    CHECK(!one.examples.empty());
    CHECK(one.examples.size() <= 3);
    for (const std::string& example : one.examples) {
      CAPTURE(example);
      auto words = words_of_line(example);
      REQUIRE(words.size() > one.path.size());
      CHECK(words.front() == "clawback");
      words.erase(words.begin());
      CHECK(std::equal(one.path.begin(), one.path.end(), words.begin()));
      const auto parsed = parse_arguments(words);
      REQUIRE(parsed);
      CHECK(std::holds_alternative<Invocation>(*parsed));
    }
  }
}

TEST_CASE("help: it shows the examples") {
  const auto parsed = parse_arguments({"log", "verify", "--help"});
  REQUIRE(parsed);
  const std::string& text = std::get<Help>(*parsed).text;
  CHECK(text.find("Examples:\n  clawback log verify") != std::string::npos);
}

TEST_CASE("suggestions: what was nearly right is named") {
  struct Row {
    std::vector<std::string> line;
    std::string_view message;
    std::string_view hint;
  };
  const Row rows[] = {
      {{"scna"}, "there is no command \"scna\"", "did you mean \"scan\"?"},
      {{"--json", "scna"}, "there is no command \"scna\"", "did you mean \"scan\"?"},
      {{"policy", "chekc"}, "there is no command \"policy chekc\"", "did you mean \"check\"?"},
      {{"log", "verfy"}, "there is no command \"log verfy\"", "did you mean \"verify\"?"},
      {{"kill-switch", "stauts"},
       "there is no command \"kill-switch stauts\"",
       "did you mean \"status\"?"},
      {{"scan", "--polcy", "x"},
       "scan: there is no place for \"--polcy\"",
       "did you mean \"--policy\"?"},
      {{"scan", "--polcy=x"},
       "scan: there is no place for \"--polcy\"",
       "did you mean \"--policy\"?"},
      {{"scan", "--jsno"}, "scan: there is no place for \"--jsno\"", "did you mean \"--json\"?"},
      // Although something that is needed is missing, too.
      {{"approve", "p", "--kee", "k", "--as", "D", "--resaon", "x"},
       "approve: there is no place for \"--kee\"",
       "did you mean \"--key\"?"},
      {{"log", "verify", "--hed", "1"},
       "log verify: there is no place for \"--hed\"",
       "did you mean \"--head\"?"},
      // Of clawback itself, and of a command that is like none.
      {{"--zzzzzzzz", "scan"},
       "there is no place for \"--zzzzzzzz\"",
       "known: --help, --version, --config, --json, --quiet, --verbose, --no-color, --log-journal, "
       "--yes, --passphrase-env, --now"},
      {{"kill-switch", "on", "--reason", "x", "y"},
       "kill-switch on: there is no place for \"y\"",
       "clawback kill-switch on --help"},
      {{"completion", "bsh"},
       "shell: \"bsh\" is none of bash, zsh, fish",
       "did you mean \"bash\"?"},
      {{"ask", "c", "--format", "htlm"},
       "--format: \"htlm\" is none of text, html",
       "did you mean \"html\"?"},
      {{"answer", "c", "--user", "u", "--by", "b", "--says", "notmine"},
       "--says: \"notmine\" is none of mine, not-mine, unsure",
       "did you mean \"not-mine\"?"},
      {{"answer", "c", "--user", "u", "--by", "b", "--says", "mine", "--channel", "mail"},
       "--channel: \"mail\" is none of phone, in-person, other",
       "known: phone, in-person, other"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.message);
    const auto parsed = parse_arguments(row.line);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::invalid);
    CHECK(parsed.error().message == row.message);
    CHECK(parsed.error().hint == row.hint);
  }
}

TEST_CASE("suggestions: what is hostile stays on its line") {
  const auto parsed = parse_arguments({"ask", "c", "--format", "x\n\x1b[31mhtml"});
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().message.find('\x1b') == std::string::npos);
  CHECK(parsed.error().message.find('\n') == std::string::npos);
  CHECK(parsed.error().hint.find('\x1b') == std::string::npos);
}

TEST_CASE("tree: what the command line takes is told with its values") {
  const auto tree = command_tree();
  const CommandInfo& answer = command(tree, "answer");
  const auto says = std::find_if(answer.options.begin(), answer.options.end(), [](const auto& one) {
    return one.names == std::vector<std::string>{"--says"};
  });
  REQUIRE(says != answer.options.end());
  CHECK(says->choices == std::vector<std::string>{"mine", "not-mine", "unsure"});
  CHECK(says->required);
  const CommandInfo& verify = command(tree, "log verify");
  CHECK(std::any_of(verify.options.begin(), verify.options.end(),
                    [](const auto& one) { return one.global && one.names.front() == "--config"; }));
  CHECK(command(tree, "show").positionals.front().choices.empty());
}

TEST_CASE("man: a page is asked for, and no other command is run") {
  for (const std::string name : {"apply", "scan", "kill-switch"}) {
    for (const std::vector<std::string>& line : {std::vector<std::string>{"man", name, "--json"},
                                                 {"--config", "man", "--json", "man", name}}) {
      const auto parsed = parse_arguments(line);
      REQUIRE(parsed);
      const auto& invocation = std::get<Invocation>(*parsed);
      REQUIRE(std::holds_alternative<ManArguments>(invocation.command));
      CHECK(std::get<ManArguments>(invocation.command).command == name);
      CHECK(invocation.global.json);
    }
  }
  const auto two = parse_arguments({"man", "policy", "check"});
  REQUIRE(two);
  const auto& inner = std::get<Invocation>(*two).command;
  REQUIRE(std::holds_alternative<ManArguments>(inner));
  CHECK(std::get<ManArguments>(inner).command == "policy check");
}

TEST_CASE("man: every line is one that roff reads as meant") {
  const auto tree = command_tree();
  for (const CommandInfo& one : tree) {
    if (one.path.size() > 1) continue;
    const std::string page = man_page(tree, name_of(one));
    CAPTURE(name_of(one));
    CHECK(page.find("\n.SH OPTIONS") != std::string::npos);
    CHECK(page.find("\n.SH EXAMPLES") != std::string::npos);
    for (const auto& option : one.options) {
      std::string name;
      for (const char c : option.names.back())
        name += c == '-' ? std::string("\\-") : std::string(1, c);
      CHECK(page.find("\\fB" + name + "\\fR") != std::string::npos);
    }
  }
}
