#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <filesystem>

#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "cli/command_tree.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "policy/nearest.hpp"

// `completion` and `man`: both are made of the tree that reads the command line.
namespace clawback::cli {
namespace {

std::string script_of(const std::string& shell, const std::vector<CommandInfo>& tree) {
  if (shell == "bash") return bash_completion(tree);
  return shell == "zsh" ? zsh_completion(tree) : fish_completion(tree);
}

Result<void> write_pages(const std::filesystem::path& folder,
                         const std::vector<CommandInfo>& tree) {
  if (const auto made = make_folder(folder); !made) return made;
  for (const CommandInfo& command : tree) {
    if (command.path.size() > 1) continue;  // on the page of the command around it
    const std::string name = command.path.empty() ? "clawback" : "clawback-" + command.path.front();
    const auto done = write_file(folder / (name + ".1"), man_page(tree, name_of(command)), 0644);
    if (!done) return done;
  }
  return {};
}

}  // namespace

Result<int> execute(const CompletionArguments& arguments, const Context& context) {
  const std::string script = script_of(arguments.shell, command_tree());
  context.console.result(
      json::object{
          {"schema", "clawback.completion/1"}, {"shell", arguments.shell}, {"script", script}},
      script);
  return exit_code::done;
}

Result<int> execute(const ManArguments& arguments, const Context& context) {
  const auto tree = command_tree();
  if (!arguments.folder.empty()) {
    if (const auto done = write_pages(arguments.folder, tree); !done) return done.error();
    return exit_code::done;
  }
  const std::string page = man_page(tree, arguments.command);
  if (page.empty()) {
    const std::string hint = policy::suggestion(arguments.command, tree.front().commands);
    return Error{
        .code = Errc::invalid,
        .message = fmt::format("there is no command \"{}\"", printable(arguments.command, 60)),
        .hint = hint.empty() ? "clawback --help lists the commands" : hint};
  }
  context.console.result(
      json::object{{"schema", "clawback.man/1"}, {"command", arguments.command}, {"page", page}},
      page);
  return exit_code::done;
}

}  // namespace clawback::cli
