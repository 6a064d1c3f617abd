#include "cli/browser.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <system_error>

#include "base/safe_text.hpp"

namespace clawback::cli {

Result<void> open_in_browser(const std::string& program, const std::string& address) {
  std::string name = program;
  std::string argument = address;
  const std::array<char*, 3> line = {name.data(), argument.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0);
  }
  pid_t child = 0;
  const int failed =
      ::posix_spawnp(&child, name.c_str(), &actions, nullptr, line.data(), ::environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed == 0) return {};
  return Error{.code = Errc::io,
               .message = fmt::format("can't start the browser {}: {}", printable(program, 80),
                                      std::generic_category().message(failed))};
}

}  // namespace clawback::cli
