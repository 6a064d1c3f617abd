#include "cli/terminal.hpp"

#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>

#include "base/safe_text.hpp"

namespace clawback::cli {
namespace {

constexpr std::size_t passphrase_max = 1024;

class NoEcho {
 public:
  NoEcho() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;
  ~NoEcho() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  [[nodiscard]] bool works() const { return changed_; }

 private:
  termios before_{};
  bool changed_ = false;
};

// Byte by byte: no buffer of the library keeps a copy.
bool read_line(std::string& into) {
  into.reserve(passphrase_max);
  for (;;) {
    char c = 0;
    const ssize_t got = ::read(STDIN_FILENO, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    if (c == '\n') return true;
    if (into.size() == passphrase_max) return false;
    into += c;
  }
}

}  // namespace

bool can_ask(const Context& context) {
  return !context.global.yes && ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

bool ask_yes(const std::string& question, const Context& context) {
  context.console.ask(question + " Type yes: ");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "yes";
}

Result<Secret> ask_passphrase(const std::string& prompt, const Context& context) {
  const NoEcho quiet;
  if (!quiet.works()) {
    return Error{.code = Errc::io,
                 .message = "the terminal can't hide what is typed: no passphrase is read"};
  }
  context.console.ask(prompt);
  std::string text;
  const bool complete = read_line(text);
  context.console.ask("\n");
  Secret secret(std::move(text));
  if (!complete) return Error{.code = Errc::invalid, .message = "no passphrase was given"};
  return secret;
}

Result<std::optional<Secret>> passphrase_from_environment(const Context& context) {
  const std::string& name = context.global.passphrase_env;
  if (name.empty()) return std::optional<Secret>();
  auto value = context.environment(name);
  if (!value || value->empty()) {
    return Error{
        .code = Errc::invalid,
        .message = "--passphrase-env: the variable " + printable(name, 80) + " is not set"};
  }
  return std::optional<Secret>(Secret(std::move(*value)));
}

}  // namespace clawback::cli
