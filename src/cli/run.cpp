#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <iostream>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/journald.hpp"

namespace clawback::cli {

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

Duration since_boot() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::duration_cast<Duration>(std::chrono::seconds(now.tv_sec) +
                                              std::chrono::nanoseconds(now.tv_nsec));
}

namespace {

// Started by systemd, what would be lines of stderr become records with fields.
void keep_journal(Console& console, const Global& global, const Environment& environment) {
  const bool instead = is_journal_stream(STDERR_FILENO, environment("JOURNAL_STREAM"));
  if (!instead && !global.log_journal) return;
  auto journal = Journald::open();
  if (journal) {
    console.log_to(std::move(*journal), instead);
  } else {
    console.note(journal.error().message);
  }
}

}  // namespace

int run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err,
        const Environment& environment) {
  const bool json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
  const auto parsed = parse_arguments(arguments);
  if (!parsed) {
    Console(out, err, {.json = json}).failure(parsed.error());
    return exit_code_of(parsed.error().code);
  }
  if (const auto* help = std::get_if<Help>(&*parsed)) {
    out << help->text;
    return exit_code::done;
  }
  const auto& invocation = std::get<Invocation>(*parsed);
  Style style = style_of_process(invocation.global.no_color);
  style.json = invocation.global.json;
  style.quiet = invocation.global.quiet;
  style.verbose = invocation.global.verbose;
  Console console(out, err, style);
  if (&err == &std::cerr) keep_journal(console, invocation.global, environment);
  const Context context{.global = invocation.global,
                        .console = console,
                        .environment = environment,
                        .started = invocation.global.now ? *invocation.global.now : system_now()};
  const auto code = std::visit([&](const auto& command) { return execute(command, context); },
                               invocation.command);
  if (code) return *code;
  console.failure(code.error());
  return exit_code_of(code.error().code);
}

}  // namespace clawback::cli
