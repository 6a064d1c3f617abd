#include <CLI/CLI.hpp>

#include "cli/arguments_audit.hpp"
#include "cli/arguments_tree.hpp"

namespace clawback::cli {

void add_help_commands(CLI::App& app, RawArguments& raw, const AddCommand& add) {
  auto* completion = add(app, "completion", "Print a script that completes commands in a shell",
                         [&raw] { return Command(raw.completion); });
  auto* shell = completion->add_option("shell", raw.completion.shell, "Whose script");
  one_of(*shell, {"bash", "zsh", "fish"});
  shell->required();
  auto* man = add(app, "man", "Print a manual page (roff): `clawback man scan | man -l -`",
                  [&raw] { return Command(raw.man); });
  auto* of =
      man->add_option("command", raw.man.command, "Of this command; else of clawback itself");
  of->type_name("COMMAND");
  man->add_option("-o,--output", raw.man.folder, "Write the pages of all commands there")
      ->type_name("FOLDER")
      ->excludes(of);
}

}  // namespace clawback::cli
