#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "base/digest.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/exit_code.hpp"

// watch: passes, one after the other, until SIGTERM or SIGINT.
namespace clawback::cli {
namespace {

constexpr Duration shortest = std::chrono::seconds(1);

// The two signals as something to wait for. They are blocked from here on, so that they end the
// service between two passes and never within one.
class Ending {
 public:
  Ending() {
    sigset_t wanted;
    ::sigemptyset(&wanted);
    ::sigaddset(&wanted, SIGTERM);
    ::sigaddset(&wanted, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &wanted, &before_);
    file_ = ::signalfd(-1, &wanted, SFD_CLOEXEC);
  }
  ~Ending() {
    if (file_ >= 0) ::close(file_);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  Ending(const Ending&) = delete;
  Ending& operator=(const Ending&) = delete;

  // Whether one came within `time`.
  [[nodiscard]] bool within(Duration time) const {
    pollfd waits{.fd = file_, .events = POLLIN, .revents = 0};
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    if (::poll(&waits, 1, static_cast<int>(std::min<std::int64_t>(rest, 1 << 30))) <= 0)
      return false;
    // Taken, so that it does not end the process when the signals are let through again.
    signalfd_siginfo taken{};
    return ::read(file_, &taken, sizeof taken) == static_cast<ssize_t>(sizeof taken);
  }

 private:
  sigset_t before_{};
  int file_ = -1;
};

// Up to a tenth more, so that many installations do not ask at once.
Duration with_jitter(Duration every) {
  const std::string dice = random_bytes(1);
  return every + every / 10 * static_cast<unsigned char>(dice[0]) / 255;
}

}  // namespace

Result<int> execute(const WatchArguments& arguments, const Context& context) {
  if (arguments.every < shortest) {
    return Error{.code = Errc::invalid, .message = "--every: shorter than a second"};
  }
  if (context.global.now) {
    return Error{.code = Errc::invalid,
                 .message = "watch goes by the clock: --now has no place here",
                 .hint = "`clawback --now TIME run` is one pass at that time"};
  }
  // What no pass can do without is said at once, not every quarter of an hour.
  if (const auto config = require_config(context); !config) return config.error();
  const Ending ending;
  const RunArguments pass{static_cast<const PassArguments&>(arguments)};
  for (;;) {
    const Context now{.global = context.global,
                      .console = context.console,
                      .environment = context.environment,
                      .started = system_now()};
    const auto code = execute(pass, now);
    if (!code) context.console.failure(code.error());
    if (ending.within(with_jitter(arguments.every))) break;
  }
  context.console.note("watch: asked to end");
  return exit_code::done;
}

}  // namespace clawback::cli
